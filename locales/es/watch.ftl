# Las páginas del comprador: emisión, pedidos, lista de emisiones.

## Marco
skip = Ir a la emisión
theme-language = Idioma
close = Cerrar
cancel = Cancelar
retry = Reintentar

## Lista de emisiones
index-title = Emisiones
index-coming = En directo y próximas
index-past = Emisiones anteriores
index-more = Más emisiones
index-empty = Aún no hay ninguna emisión prevista
index-empty-text = Pregunte al vendedor por la próxima fecha o vuelva pronto.

## Estado de la emisión
state-live = En directo
state-soon = Empieza pronto
state-interrupted = Volvemos enseguida
state-ended = Terminada
state-replay = Repetición
state-cancelled = Cancelada
viewers = { $count ->
    [one] { $shown } persona viendo
   *[other] { $shown } personas viendo
}
starts-at = Empieza el { $when }
starts-in = dentro de { $span }
starts-now = La emisión está a punto de empezar
add-to-calendar = Añadir al calendario
soon-text = Vea los productos y pregunte ya. El vendedor lee todas las preguntas.
interrupted-title = Volvemos enseguida
interrupted-text = La imagen se ha parado. Las preguntas y los pedidos siguen.
ended-title = Esta emisión ha terminado
ended-text = Estamos preparando la grabación. Puede seguir preguntando y pidiendo ofertas.
archived-text = Esta emisión ya no está disponible. Puede seguir pidiendo ofertas.
cancelled-title = Esta emisión se ha cancelado
cancelled-text = Puede seguir pidiendo ofertas.

## Reproductor
player = Emisión
play = Reproducir
pause = Pausar
unmute = Activar el sonido
mute = Silenciar
fullscreen = Pantalla completa
go-live = Ir al directo
behind = { $seconds } s de retraso
player-loading = Cargando la imagen
player-failed = La imagen no carga
player-failed-text = Compruebe su conexión. Las preguntas y los pedidos siguen.

## Productos
products = Productos
products-empty = Aún no hay productos
products-empty-text = El vendedor no ha añadido productos a esta emisión.
pinned = Sobre la mesa
now-showing = Ahora en pantalla
price-from = desde { $shown } { $unit }
price-none = Precio a consultar
moq = Pedido mínimo
lead-time = Plazo
days = { $count ->
    [one] { $shown } día
   *[other] { $shown } días
}
pieces = { $shown } { $unit }
carton = Caja
carton-holds = { $shown } { $unit }
available = En existencias
more-tiers = Precios por cantidad
ask-quote = Pedir una oferta
ask-about = Preguntar
order-now = Pedir ahora
offer-ends = La oferta acaba en { $clock }
offer-starts = La oferta empieza en { $clock }
offer-left = { $count ->
    [one] Queda { $shown } de { $total }
   *[other] Quedan { $shown } de { $total }
}
offer-sold-out = Agotado

## Preguntas y chat
questions = Preguntas
questions-empty = Aún no hay preguntas
questions-empty-text = Pregunte por precio, embalaje, certificados o entrega. La respuesta queda aquí.
side = Preguntas y chat
chat = Chat
seller = Vendedor
chat-empty = Nadie ha escrito todavía
chat-empty-text = Salude y diga desde dónde nos ve.
ask-label = Su pregunta
ask-placeholder = Haga una pregunta
ask-placeholder-product = Pregunte por { $product }
chat-label = Su mensaje
chat-placeholder = Escriba a todos
send = Enviar
about = Sobre { $product }
detach = Preguntar sin el producto
asked-by = { $name } pregunta
you = Usted
answer-by = { $name } responde
answered-on-air = Respondida en la emisión
answer-private = Solo para usted
waiting = Esperando respuesta
chat-held = Un moderador lo revisa antes
chat-busy = Sala muy activa: esta línea solo la ve el equipo
sending = Enviando
not-sent = No enviado
connecting = Conectando con la sala
link-away = Se ha perdido la conexión con la sala. Lo que escriba se guarda y se envía cuando vuelva.
link-offline = No tiene conexión. Lo que escriba se guarda y se envía cuando vuelva.
link-closed = Esta sala está cerrada
link-elsewhere = Tiene esta emisión abierta en demasiadas ventanas y esta se ha pausado. Lo que escriba se guarda.
use-here = Usar aquí
not-loaded = Una parte de la página no se ha cargado.
slow-mode = Un mensaje cada { $seconds } s

## Pedido y consulta
order-title = Pedir { $product }
order-price = Precio
order-total = Total
quantity = Cantidad
quantity-rule = Al menos { $moq }, en múltiplos de { $multiple }
quantity-least = Al menos { $moq }
quantity-left = Solo quedan { $left }
quantity-company = Como máximo { $most } por empresa
your-details = Sus datos
company = Empresa
your-name = Su nombre
email = Correo electrónico
country = País
country-choose = Elija
details-kept = Se guardan en este dispositivo para la próxima vez. La confirmación le llega por correo.
order-send = Hacer el pedido
order-done = Su pedido está hecho
order-number = Número de pedido
order-reserved = Reservado para usted hasta el { $when }. El vendedor confirma por correo.
order-see = Ver su pedido
order-again = No hubo respuesta. Pulse otra vez: el pedido se hace una sola vez.
inquiry-title = Pedir una oferta
inquiry-text = ¿Qué necesita?
inquiry-placeholder = Cantidad, embalaje, destino, certificados, fecha…
inquiry-quantity = Cantidad, si la sabe
inquiry-send = Enviar al vendedor
inquiry-done = El vendedor tiene su consulta
inquiry-see = Ver su consulta
inquiry-done-text = La respuesta llegará a { $email }.
required = Rellene este campo
email-wrong = No parece una dirección de correo

## Página del pedido
deal-title = Sus pedidos y consultas
deal-greeting = Hola, { $name }:
deal-intro = esto es lo que { $company } tiene abierto con { $seller }.
deal-seller = el vendedor
deal-orders = Pedidos
deal-inquiries = Consultas
deal-empty = No hay nada abierto
deal-empty-text = Aquí verá sus pedidos y peticiones de oferta.
deal-what = Qué
deal-how-much = Cuánto
deal-by-when = Para cuándo
deal-next = Qué sigue
deal-line = { $quantity } × { $product }
order-state-placed = Hecho
order-state-confirmed = Confirmado
order-state-cancelled = Cancelado
order-state-expired = Caducado
next-placed = El vendedor confirma antes del { $when }.
next-placed-open = El vendedor confirma por correo.
next-confirmed = El vendedor envía la factura proforma.
next-cancelled = No debe nada. Las piezas vuelven a estar libres.
next-expired = La reserva ha caducado. Vuelva a preguntar si aún necesita la mercancía.
inquiry-state = { $state ->
    [new] Recibida
    [qualified] En estudio
    [quoting] Oferta en preparación
    [quoted] Oferta enviada
    [won] Pedida
    [lost] Cerrada
   *[other] Abierta
}
order-cancel = Cancelar el pedido
order-cancel-sure = ¿Cancelar el pedido { $number }? La reserva se libera al momento.
order-cancel-yes = Sí, cancelarlo
order-keep = Mantenerlo
deal-link-wrong = Este enlace no es válido
deal-link-wrong-text = Puede que se cortara al copiarlo. Ábralo otra vez desde el correo.
placed-on = Hecho el { $when }
sent-on = Enviada el { $when }

## Formulario sin scripts
form-title = Escriba al vendedor
form-help = El vendedor responde por correo.
form-product = Producto
form-product-any = Toda la gama
form-sent = Gracias. El vendedor tiene su mensaje.
form-not-sent = Aún no se ha enviado nada.
form-country-help = Dos letras, como ES o US

## Log-in link
sign-in-title = Iniciar sesión
sign-in-text = Ha llegado con el enlace de nuestro correo. Un clic y listo.
sign-in-do = Entrar
sign-in-failed = Este enlace ya no sirve. Pida otro; cada uno vale una vez, durante 30 minutos.
