# Sentences for refusals, by the code of the problem: what, why, how on.

## General
unknown = No ha funcionado. Inténtelo de nuevo; si sigue igual, avise al organizador.
internal = El servidor ha fallado. Inténtelo de nuevo en un momento.
storage-full = El servidor no tiene espacio para guardar esto. Avise al organizador para que libere espacio e inténtelo de nuevo.
offline = No se puede conectar con el servidor. Compruebe su conexión e inténtelo de nuevo.
try-again = Otros cambiaron lo mismo a la vez. Inténtelo de nuevo.
too-busy = Hay demasiada actividad. Inténtelo de nuevo en unos segundos.
too-many-tries = Demasiados intentos. Espere un poco e inténtelo de nuevo.
version-conflict = Otra persona ha cambiado esto. Recárguelo y repita el cambio.
illegal-transition = Este paso no es posible ahora. Recargue la página para ver su estado.
bad-field = Un campo no está bien rellenado. Corríjalo y envíe de nuevo.
bad-form = El formulario no llegó completo. Envíelo de nuevo.
bad-language = Este idioma no se conoce aquí.
bad-json = No se puede leer la petición. Recargue la página.
json-expected = No se puede leer la petición. Recargue la página.
bad-query = La dirección no es correcta. Vuelva atrás e inténtelo de nuevo.
bad-page = La lista no puede seguir desde aquí. Recárguela.
no-such-path = Esta página no existe.
method-not-allowed = Aquí no es posible.
cross-site = La petición venía de otro sitio y se ha rechazado.
idempotency-key-missing = A la petición le falta su clave. Recargue la página.
idempotency-key-malformed = La petición tiene una clave errónea. Recargue la página.
idempotency-key-reused = Esto ya se envió con otro contenido. Recargue la página.

## People and rights
log-in-needed = Inicie sesión primero.
right-missing = No tiene permiso. Pídaselo al responsable de su empresa.
wrong-email-or-password = El correo o la contraseña no son correctos.
wrong-set-up-code = El código de instalación no es correcto. Está en el registro del servidor.
not-set-up = Este servidor aún no está configurado.
set-up-already = Este servidor ya está configurado. Inicie sesión.
link-used-or-over = Este enlace ya se usó o ha caducado. Pida uno nuevo.
email-taken = Este correo ya está en uso.
last-owner = Una empresa necesita al menos un propietario.
no-such-person = Esta persona no está aquí.
no-such-org = Esta empresa no está aquí.
no-org = Elija primero una empresa.
no-such-token = Este token no está aquí.
session-needed = Para esto entre como persona; un token no basta.
wrong-password = Esta no es la contraseña actual.
no-such-session = Esta sesión ya está cerrada.
no-such-passkey = Esta llave de acceso no está aquí.
passkeys-not-here = Las llaves de acceso necesitan una dirección con nombre y HTTPS.
passkeys-too-many = Ya hay el máximo de llaves de acceso. Quite una primero.
passkey-challenge-over = Ha tardado demasiado o ya se usó. Inténtelo de nuevo.
passkey-taken = Esta llave de acceso ya está registrada.
passkey-refused = Esta llave de acceso no sirve aquí. Pruebe con otro dispositivo.
passkey-unknown = Esta llave de acceso no se conoce aquí. Entre con su contraseña.
passkey-unreadable = No se puede leer esta llave de acceso. Pruebe con otro dispositivo.

## Catalogue
no-such-product = Este producto ya no está.
no-such-variant = Esta variante ya no está.
no-such-picture = Esta imagen ya no está.
product-not-ready = Al producto le falta algo para publicarse.
product-not-published = Los compradores aún no ven este producto. Publíquelo primero.
product-on-offer = Hay una oferta en curso de este producto. Termínela primero.
sku-taken = Otro producto ya tiene este SKU.
bad-price = Un precio no es correcto. Escriba cifras, con punto decimal.
bad-prices = Los tramos de precio no encajan.
bad-value = Un valor no es correcto.
bad-movement = Este movimiento de existencias no es posible.
no-stock-kept = No se llevan existencias de esta variante.
stock-promised = Las existencias están prometidas a ofertas en curso.
unknown-currency = No se conoce esta moneda.
amount-too-large = El importe es demasiado grande.
carton-incomplete = Rellene todos los datos de la caja o ninguno.
file-missing = Elija primero un archivo.
upload-unreadable = El archivo no llegó completo. Envíelo de nuevo.
picture-damaged = La imagen está dañada. Elija otro archivo.
picture-format-unknown = Use una imagen JPEG, PNG o WebP.
picture-too-large = El archivo de imagen es demasiado grande.
picture-too-many-pixels = La imagen tiene demasiados píxeles. Redúzcala.
too-many-pictures = Este producto ya tiene el máximo de imágenes.
no-such-import = Esta importación ya no está.
import-rejected = La hoja tiene errores. Corrija las celdas indicadas y súbala de nuevo.
sheet-unreadable = No se puede leer la hoja. Use CSV o XLSX.
sheet-too-large = La hoja es demasiado grande. Divídala.

## Shows
no-such-event = Esta emisión ya no está.
no-such-question = Esta pregunta no está aquí, o no puedes convertirla en consulta.
no-such-show = Esta emisión ya no está.
no-such-item = Este punto de la escaleta ya no está.
no-such-stream = Aquí no se emite nada.
no-such-stream-key = Esta clave de emisión ya no está.
no-such-recording = Esta grabación no está.
event-fixed = La emisión está demasiado avanzada para cambiar esto.
event-not-ready = La emisión no está lista. Vea en la lista qué falta.
event-not-running = La emisión no está en curso.
item-shown = Los compradores ya vieron este punto; se queda en la escaleta.
too-many-items = La escaleta está llena.
too-many-pins = Se pueden fijar como máximo 3 productos.
too-many-stream-keys = Hay suficientes claves de emisión. Quite una primero.
media-not-found = No se encuentra la imagen.
media-not-ready = La imagen aún no está. Llega al empezar la emisión.
playback-refused = No puede ver esto.
bad-delivery-directive = El reproductor pidió algo imposible. Recargue la página.

## Room
room-bad-message = No se entendió el mensaje. Recargue la página.
room-closed = La sala no admite mensajes ahora.
room-crew-only = Solo el equipo puede hacer esto.
room-empty = Escriba algo primero.
room-id-taken = Esto ya se envió. Recargue la página.
room-muted = De momento no puede escribir aquí.
room-name-needed = Díganos antes su nombre.
room-participant = Este participante no está.
room-settings = Estos ajustes no son posibles.
room-slow-down = Escribe demasiado rápido. Espere un momento.
room-token = Su acceso a la sala ha caducado. Recargue la página.
room-too-long = El texto es demasiado largo. Acórtelo.
room-unavailable = La sala no puede guardarlo ahora. Inténtelo en un momento.
room-unknown = Esta sala no está.
question-unknown = Esta pregunta no está.
question-state = La pregunta ya ha cambiado. Recárguela.
question-merge-target = Estas preguntas no se pueden unir.
question-has-inquiry = Esta pregunta ya es una petición de oferta.
message-unknown = Este mensaje no está.
message-state = El mensaje ya se ha decidido.

## Trade
no-such-offer = Esta oferta ya no está.
offer-not-active = La oferta no está abierta. Pida una oferta por escrito.
offer-fixed = La oferta ya admite pedidos y no se puede cambiar. Termínela y empiece otra.
offer-already-active = Ya hay una oferta en curso para este producto.
out-of-stock = Quedan menos piezas de las que pide. Pida menos o solicite una oferta.
below-moq = El pedido mínimo es { $moq }.
not-a-multiple = La cantidad debe ser de envases completos. Elija el múltiplo siguiente.
limit-reached = Su empresa ha alcanzado el límite de esta oferta.
price-on-request = El precio es a consultar. Pida una oferta.
hold-expired = La reserva ha caducado. Vuelva a pedir si quedan piezas.
not-an-order = Este pedido no está.
no-such-order = Este pedido no está.
no-such-inquiry = Esta consulta no está.
deal-unknown = Este enlace no es válido. Ábralo otra vez desde el correo.
