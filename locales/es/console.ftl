# La consola: páginas para quienes trabajan en la empresa.

## The house
product = Producto
page-title = { $page } · Livefair
nav = Consola
nav-shows = Directos
nav-catalogue = Catálogo
nav-deals = Ventas
nav-settings = Ajustes
house = Livefair
language = Idioma
languages = Idiomas
language-missing = { $language } (falta)
skip = Ir al contenido
offline = Sin conexión. Lo que ve es de antes del corte.
loading = Cargando
stale = Lo que ve es de antes.
try-again = Reintentar
close = Cerrar
go-back = Volver
save = Guardar
saved = Guardado
add = Añadir
remove = Quitar
more-of = Más para { $title }
send = Enviar
all = Todos
choose = Elija
copy = Copiar
copied = Copiado
copy-what = Copiar { $what }
state = Estado
actions = Acciones
reason = Motivo
name = Nombre
filter-empty = Nada coincide con este filtro.
page-next = Página siguiente
page-first = Primera página
log-out = Salir
palette = Ir a
palette-find = Página, directo o producto
palette-none = Nada lleva este nombre.
palette-page = Página
palette-desk = Mesa
error-title = La página no se abrió
error-text = Vuelva a cargarla. Si sigue igual, avise a quien administra el servidor.
error-not-found = Esta página no existe
error-not-found-text = La dirección puede ser antigua o el contenido se retiró.

## Refusals
refusal-offline = El servidor no respondió. Revise su conexión y reintente.
refusal-log-in-needed = La sesión se cerró. Entre de nuevo para seguir.
refusal-right-missing = Su función no permite esto. Pida el permiso al titular de la empresa.
refusal-not-found = Esto no existe o ya no existe.
refusal-conflict = Alguien lo cambió entretanto. Mire el estado actual y reintente.
refusal-version-conflict = Alguien lo cambió entretanto. Mire el estado actual y reintente.
refusal-illegal-transition = El estado actual no permite este paso.
refusal-too-large = Es demasiado grande. Envíe un archivo más pequeño.
refusal-too-many-tries = Demasiados intentos. Espere un minuto y reintente.
refusal-server = El servidor no pudo hacerlo. Nada cambió; reintente.
refusal-other = Se rechazó: { $detail }
refusal-wrong-email-or-password = El correo o la contraseña no son correctos.
refusal-wrong-set-up-code = Este código no es válido. Cópielo de nuevo del registro del servidor.
refusal-set-up-already = Este servidor ya está configurado. Entre.
refusal-event-not-ready = El directo no está listo. Vea la lista.
refusal-event-fixed = Esto ya no se puede cambiar durante el directo ni después.
refusal-item-shown = Los compradores ya vieron este punto; se queda en la escaleta.
refusal-event-not-running = El directo no está en marcha.
refusal-no-such-product = Solo se pueden fijar o mostrar productos publicados.
refusal-message-state = Alguien ya decidió sobre este mensaje.
refusal-email-taken = Alguien ya tiene este correo.
refusal-last-owner = La empresa necesita un titular. Nombre antes a otra persona.
refusal-offer-already-active = Ya hay una oferta de este producto. Termínela antes.
refusal-bad-field = Revise este campo: { $field }.
refusal-room-slow-down = Demasiado rápido. Espere un momento.
refusal-room-closed = La sala está cerrada.
refusal-sku-taken = Otro producto usa esta referencia. Elija otra.
refusal-product-not-ready = Un producto necesita nombre y precio para mostrarse.
refusal-out-of-stock = No hay suficientes existencias.
refusal-hold-expired = La reserva de este pedido ha caducado.
refusal-picture-format-unknown = No es una imagen JPEG, PNG ni WebP.
refusal-picture-too-large = La imagen es demasiado grande. Máximo 8 MB.
refusal-sheet-unreadable = No es una hoja CSV ni XLSX.

## Log-in and set-up
login-title = Entrar
login-text = Para el equipo de la empresa. Los compradores no necesitan cuenta.
login-do = Entrar
login-passkey = Entrar con llave de acceso
login-set-up = Configurar este servidor
email = Correo
password = Contraseña
password-hint = Al menos 10 caracteres.
password-first = Primera contraseña
setup-title = Configure su feria
setup-text = Usted será titular. Los demás se añaden después.
setup-code = Código de configuración
setup-code-hint = El servidor lo mostró al arrancar.
setup-do = Crear la empresa
org-name = Nombre de la empresa
org-kind = Tipo
org-kind-seller = Exportador
org-kind-academy = Academia
org-kind-authority = Autoridad
country = País
time-zone = Zona horaria
time-zone-hint = Los directos se planifican en esta zona.
your-name = Su nombre

## Shows
show = Directo
show-plan = Planificar un directo
show-plan-do = Guardar el plan
show-edit = Cambiar el plan
show-watch = Ver como comprador
show-languages = Idiomas del directo
show-languages-hint = Los compradores eligen entre estos. Cada uno necesita título.
show-words = De qué trata
show-title = Título
show-text = Descripción
show-text-hint = Qué verán los compradores y por qué merece su tiempo.
show-no-language = Elija al menos un idioma.
show-when = Cuándo empieza
show-starts = Inicio
show-when-fixed = El inicio ya no cambia cuando el directo está en marcha.
show-markets = Mercados
show-markets-hint = Los países a los que se dirige. Sin elegir ninguno, todos.
show-hosts = Presentadores
show-hosts-hint = Quién está ante la cámara. Sin elegir, quien planifica.
fault-title = Escriba un título en este idioma.
fault-start = Elija día y hora.
fault-start-past = Esta hora ya pasó. Elija otra posterior.
fault-refused = El servidor no lo acepta. Cámbielo y guarde de nuevo.
show-elsewhere = En los relojes de sus compradores
show-lacking = Falta el título en: { $languages }
shows-empty = Planifique su primer directo
shows-empty-text = Ponga título e inicio. Luego añada productos, pruebe el codificador y emita.
starts = Inicio
starts-here = Donde está usted
when = Cuándo
when-all = Todos
when-coming = Próximos y en directo
when-past = Pasados
show-state-draft = Borrador
show-state-scheduled = Programado
show-state-rehearsing = En ensayo
show-state-live = En directo
show-state-interrupted = Interrumpido
show-state-ended = Terminado
show-state-processing = Preparando repetición
show-state-replay = Repetición
show-state-archived = Archivado
show-state-cancelled = Cancelado
move-schedule = Programar
move-schedule-text = Los compradores verán el directo y su inicio.
move-rehearse = Ensayar
move-rehearse-text = Puede probarlo todo. Los compradores no ven nada.
move-stop-rehearsal = Terminar el ensayo
move-stop-rehearsal-text = El directo vuelve a estar programado.
move-go-live = Emitir
move-go-live-text = Desde este momento los compradores le ven y le oyen.
move-end = Terminar el directo
move-end-text = La imagen se corta para todos y las ofertas en curso acaban. No se puede deshacer.
move-cancel = Cancelar el directo
move-cancel-text = Se avisa a los compradores. No se puede deshacer.
move-archive = Archivar
move-archive-text = La repetición se retira de las páginas. No se borra nada.

## Run sheet
run-sheet = Escaleta
run-keys = Arrastre, o Alt con ↑ ↓
run-empty = Sin productos
run-empty-text = Añada los productos en el orden en que los mostrará.
run-add = Producto que añadir
run-minutes = Minutos
run-no-products = Aún no hay productos publicados.
run-up = Subir { $title }
run-down = Bajar { $title }
run-moved = { $title } es ahora el número { $place }.
run-total = { $count ->
    [one] 1 producto
   *[other] { $count } productos
}, { $minutes } min
minutes = { $count } min
item-on_air = En antena
item-done = Mostrado
item-skipped = Omitido
item-start = A antena
item-start-what = A antena: { $title }
item-finish = Hecho
item-skip = Saltar
item-skip-what = Saltar { $title }
item-take-up = Retomar
item-take-up-what = Retomar: { $title }
item-remove-what = Quitar { $title } de la escaleta
item-up = Subir
item-down = Bajar
item-time = { $spent } de { $planned }
pin = Fijar
unpin = Soltar
pinned = Fijado
pin-what = Fijar { $title }
unpin-what = Soltar { $title }

## Stream
keys-title = Codificador y claves
keys-empty = Aún no hay claves. Cree una por codificador.
key-once = Esta clave se muestra una sola vez.
key-obs = En OBS: Ajustes › Emisión › Servicio «Personalizado».
key-server = Servidor
key-key = Clave de retransmisión
key-settings = Para Ajustes › Salida (avanzado), Vídeo y Audio:
key-kept = Ya lo copié
obs-resolution = Resolución
obs-fps = Fotogramas por segundo
obs-encoder = Codificador
obs-rate = Control de tasa
obs-bitrate = Tasa de bits
obs-keyframe = Intervalo de fotogramas clave
obs-preset = Preajuste de CPU
obs-profile = Perfil
obs-tune = Ajuste (tune)
obs-audio = Audio
key-label = Nombre del codificador
key-make = Crear clave
key-revoke = Revocar
key-revoke-what = Revocar { $label }
key-revoke-text = El codificador que usa «{ $label }» se desconecta y no puede volver.
checklist = Listo para emitir
ready-yes = listo
ready-no = no está listo
ready-all = Todo está listo.
ready-all-draft = Todo listo. Programe el directo y podrá emitir.
ready-all-rehearsing = Todo listo. Termine el ensayo y podrá emitir.
ready-left = { $count ->
    [one] Queda una cosa por hacer.
   *[other] Quedan { $count } cosas por hacer.
}
ready-run-sheet = Escaleta
mend-run-sheet = Añada al menos un producto.
ready-title = Título
mend-title = Escriba el título en el primer idioma del directo.
ready-products = Productos publicados
mend-products = Publique en el catálogo los productos de la escaleta.
ready-stream-key = Clave de retransmisión
mend-stream-key = Cree una clave abajo y póngala en su codificador.
ready-stream = Llega la señal
mend-stream = Empiece a emitir en su codificador.
health-title = Estado de la señal
health-picture = Imagen
health-bitrate = Tasa de bits
health-kbps = { $shown } kbps
health-fps = Fotogramas
health-fps-value = { $shown } fps
health-keyframe = Clave cada
health-seconds = { $shown } s
health-sound = Sonido
health-khz = { $shown } kHz
health-nothing = Aún no llega nada. Empiece a emitir en su codificador.
stream-state-live = Llega
stream-state-silent = En silencio, esperando al codificador
stream-state-ended = Detenida
stream-state-idle = Sin señal
stream-warning-keyframes-rare = Los fotogramas clave llegan cada { $fact } ms. Ponga 2 s.
stream-warning-bitrate-high = La tasa de { $fact } kbps es alta para teléfonos. Ponga 4.500 kbps.
stream-warning-no-audio = No hay sonido. Revise el micrófono.
stream-warning-b-frames = Los fotogramas B retrasan la imagen { $fact } ms. Ponga 2 como máximo, o ninguno.
stream-warning-open-gop = Hay imágenes que dependen de lo anterior a un fotograma clave. Desactive el GOP abierto.
stream-warning-frame-rate-low = Solo llegan { $fact } imágenes por segundo; antes eran más. ¿Está saturado el equipo o la conexión?
stream-warning-clock-drift = El reloj de la señal difiere { $fact } ms. Si aumenta, baje la tasa de bits.
stream-warning-codec-unsupported = El codificador envía { $fact }. Ponga H.264 y AAC.
stream-warning-sample-rate-unsupported = El sonido tiene { $fact } Hz. Ponga 48 kHz.
stream-warning-configuration-broken = La señal no se puede leer. Reinicie el codificador.

## Desk
desk-open = Abrir la mesa
desk-of = Mesa: { $show }
desk-parts = Partes de la mesa
desk-part-run = Escaleta
desk-part-questions = Preguntas
desk-part-chat = Chat
desk-part-sales = Imagen, ventas
desk-since-start = { $time } desde el inicio previsto
link-connecting = Conectando
link-away = Conexión perdida, volviendo
link-closed = Desconectado
viewers = { $count ->
    [one] 1 espectador
   *[other] { $shown } espectadores
}
picture = El directo como lo ven los compradores
picture-waiting = Esperando la imagen
picture-none = Sin imagen antes del directo
keys-help = Teclado
key-j = Pregunta siguiente
key-k = Pregunta anterior
key-enter = Responder a la pregunta elegida
key-send = Enviar la respuesta
key-a = La pregunta elegida se respondió en directo
key-t = Tomar la pregunta elegida
key-x = Apartar la pregunta elegida
key-o = Poner en directo el siguiente punto
key-s = Saltar el siguiente punto
key-shift = Mover el punto enfocado de la escaleta
key-escape = Salir de un campo; cerrar un diálogo
key-p = Fijar el producto de la pregunta, o el que está en antena
key-n = Mostrar lo nuevo
key-slash = Escribir en el chat
key-help = Esta ayuda
waiting = { $count ->
    [one] 1 nueva
   *[other] { $shown } nuevas
}
waiting-none = Nada nuevo
questions = Preguntas
questions-open = Abiertas
questions-answered = Respondidas
questions-all = Todas
questions-none-open = No hay preguntas abiertas
questions-none-answered = Aún no hay respuestas
questions-none-all = Aún no hay preguntas
questions-none-text = Aquí aparecen las preguntas, la más nueva arriba.
question-answered_on_air = Respondida en antena
question-answered_text = Respondida
question-merged = Unida
question-dismissed = Apartada
question-converted = Consulta
question-owed = Respuesta pendiente
question-on-air = Respondida en antena
question-take = La tomo yo
question-dismiss = Apartar
question-same-as = Igual que
question-merge = Unir
guest = Invitado
private = Privada
answer-in = Responder en { $language }
answer-public = Responder a todos
answer-private = Responder en privado
answer-only-asker = Solo a quien preguntó
chat = Chat
chat-say = Escribir como la empresa
chat-none = Aún no ha escrito nadie.
chat-held = { $count ->
    [one] Un mensaje le espera
   *[other] { $count } mensajes le esperan
}
chat-approve = Mostrar
chat-refuse = Retener
chat-remove = Quitar el mensaje de { $name }
chat-mute = Silenciar a { $name }
chat-unmute = Dejar escribir
chat-unmute-what = Dejar escribir a { $name }
chat-restore = Mostrar de nuevo
chat-restore-what = Mostrar de nuevo el mensaje de { $name }
chat-removed = Se quitó el mensaje de { $name }.
chat-muted = { $name } está en silencio.
chat-unmuted = { $name } puede escribir de nuevo.
chat-muted-list = { $count ->
    [one] Una persona silenciada
   *[other] { $count } personas silenciadas
}
chat-removed-list = { $count ->
    [one] Un mensaje quitado
   *[other] { $count } mensajes quitados
}
room-settings = Ajustes de la sala
room-slow = Modo lento
room-slow-hint = Cuánto espera cada espectador entre dos mensajes.
room-slow-off = Desactivado
room-slow-every = { $shown } s
room-visible = Mensajes visibles por segundo
room-visible-hint = De 1 a 50. Con menos, se lee mejor cuando muchos escriben.
room-pre-moderation = El primer mensaje de un invitado espera a un moderador
room-notice = Aviso para todos
room-notice-hint = Queda sobre el chat hasta que lo vacíe.
offers = Ofertas en directo
offers-none = No hay ninguna oferta en curso.
offer-new = Iniciar oferta de
offer-price = Precio por unidad, { $currency }
offer-total = Unidades
offer-minutes = Minutos
offer-per-company = Máximo por empresa
no-limit = Sin límite
offer-start = Iniciar la oferta
offer-left = Quedan { $left } de { $total }
offer-left-label = Unidades restantes
offer-sold-out = Agotado
offer-end = Terminar
offer-end-what = Terminar la oferta de { $title }
price-bad = Escriba un precio como 2.35
orders-none-yet = Los pedidos aparecen aquí al llegar.
order-line = { $quantity } × { $name }

## Catalogue
sku = Referencia
picture-of = Imagen
price-from = Precio desde
moq = Pedido mín.
stock = Existencias
search-products = Buscar por nombre o referencia
catalogue-empty = Traiga sus productos
catalogue-empty-text = Importe una hoja con todos o añada uno a mano.
product-state-draft = Borrador
product-state-published = Publicado
product-state-paused = En pausa
product-state-retired = Retirado
product-publish = Publicar
product-pause = Pausar
product-retire = Retirar
product-add = Añadir un producto
product-add-do = Guardar borrador
product-words = Nombres y descripciones
product-name = Nombre
product-text = Descripción
product-text-hint = Material, medidas, edad, certificados: lo que primero se pregunta.
unit = Unidad
unit-piece = Unidad
unit-set = Juego
unit-pair = Par
unit-box = Caja
origin = País de origen
origin-hint = Dos letras, como CN.
prices = Precios
currency = Moneda
tier-from = Desde unidades
tier-price = Precio por unidad, { $currency }
tier-add = Añadir un tramo
tier-remove = Quitar el tramo desde { $quantity } unidades
moq-long = Pedido mínimo (MOQ)
multiple = Pedir en pasos de
multiple-hint = A menudo, las unidades por caja.
lead-time = Plazo, días
carton = Caja de exportación
carton-add = Añadir datos de la caja
carton-leave-out = Omitir
carton-pieces = Unidades
carton-length-mm = Largo, mm
carton-width-mm = Ancho, mm
carton-height-mm = Alto, mm
carton-gross-g = Peso bruto, g
fault-name = Escriba el nombre en al menos un idioma.
fault-sku = Escriba la referencia.
fault-tiers = Dos tramos empiezan en la misma cantidad.
fault-multiple = El pedido mínimo debe ser un número entero de pasos.
faults = { $count ->
    [one] Hay un campo por corregir.
   *[other] Hay { $count } campos por corregir.
}
pictures = Imágenes
pictures-none = Aún no hay imágenes.
picture-number = Imagen { $number }
picture-add = Añadir imágenes
picture-hint = JPEG, PNG o WebP, máximo 8 MB cada una.
uploading = Subiendo
stock-uncounted = Bajo pedido
stock-left = { $count ->
    [one] 1 unidad
   *[other] { $shown } unidades
}
stock-delta = Unidades que entran o salen
stock-delta-hint = 200 suma, -5 resta.
stock-received = Recibido
stock-counted = Recuento
stock-damaged = Dañado
stock-returned = Devuelto
stock-move = Anotar
import = Importar
import-text = Elija una hoja CSV o XLSX con un producto por fila. Nada cambia hasta que vea el resultado.
import-columns = Columnas: sku, name_en, name_es, text_en, unit, moq, multiple, currency, min_1, price_1, min_2, price_2, lead_time_days, carton_pieces, origin, stock
import-file = Hoja
import-reading = Leyendo la hoja
import-report = { $count ->
    [one] 1 fila está en orden
   *[other] { $shown } filas están en orden
}
import-mend = { $count ->
    [one] Hay una celda por corregir. Corríjala en la hoja y elíjala de nuevo.
   *[other] Hay { $shown } celdas por corregir. Corríjalas en la hoja y elíjala de nuevo.
}
import-clean = Todas las celdas están en orden.
import-row = Fila
import-column = Columna
import-value = Valor
import-reason = Qué falla
import-apply = { $count ->
    [one] Importar 1 fila
   *[other] Importar { $count } filas
}
import-done = { $count ->
    [one] Se importó 1 fila.
   *[other] Se importaron { $count } filas.
}
import-missing = Está vacía y no debe estarlo
import-unknown-column = Columna desconocida
import-column-twice = La columna aparece dos veces
import-sku-twice = La referencia aparece dos veces
import-not-a-whole-number = No es un número entero
import-too-large = Es demasiado grande
import-too-small = Es demasiado pequeño
import-bad-price = No es un precio
import-bad-prices = Los tramos se contradicen
import-bad-value = No es un valor válido
import-unknown-currency = Moneda desconocida
import-carton-incomplete = Faltan datos de la caja

## Deals
orders = Pedidos
orders-empty = Aún no hay pedidos
orders-empty-text = Inicie una oferta en la mesa durante un directo; los pedidos aparecen aquí.
order-number = Pedido
buyer = Comprador
quantity = Cantidad
total = Total
placed-at = Fecha
export = Exportar CSV
order-state-placed = Recibido
order-state-confirmed = Confirmado
order-state-cancelled = Cancelado
order-state-expired = Caducado
order-held-until = Reservado hasta { $time }
order-confirm = Confirmar
order-confirm-what = Confirmar el pedido { $number }
order-confirm-text = Se avisa por correo a { $company } de que usted entregará.
order-cancel = Cancelar
order-cancel-what = Cancelar el pedido { $number }
order-cancel-text = Se avisa por correo a { $company } y las unidades vuelven. No se puede deshacer.
inquiries = Consultas
inquiries-empty = Aún no hay consultas
inquiries-empty-text = Los compradores piden presupuesto desde el directo; sus consultas aparecen aquí.
inquiry-about = { $name }, { $quantity } unidades
inquiry-write = Escribir un correo
inquiry-state-new = Nueva
inquiry-state-qualified = Seria
inquiry-state-quoting = Preparando oferta
inquiry-state-info_requested = Esperando al comprador
inquiry-state-quoted = Ofertada
inquiry-state-won = Ganada
inquiry-state-lost = Perdida
inquiry-state-spam = Spam
inquiry-to-qualified = Es seria
inquiry-to-quoting = Preparar oferta
inquiry-to-info_requested = Pedir detalles
inquiry-to-quoted = Oferta enviada
inquiry-to-won = Ganada
inquiry-to-lost = Perdida
inquiry-to-spam = Spam

## Settings
settings-org = Empresa
settings-people = Personas
settings-tokens = Claves de API
person-add = Añadir una persona
roles = Funciones
roles-of = Funciones de { $name }
role-owner = Titular
role-producer = Producción
role-host = Presentación
role-cohost = Copresentación
role-interpreter = Interpretación
role-moderator = Moderación
role-desk = Mesa
role-sales = Ventas
role-compliance = Cumplimiento
role-examiner = Examen
role-observer = Observación
tokens-text = Para programas que trabajan por usted, como su ERP. Una clave puede como mucho lo que puede usted.
tokens-empty = Sin claves
tokens-empty-text = Cree una por programa, solo con los permisos que necesita.
token-once = Cópiela ahora. Se muestra una sola vez.
token-used = Último uso: { $time }
token-unused = Aún sin usar
token-make = Crear clave
token-label = Nombre
token-label-hint = El programa que la usará.
token-rights = Qué puede hacer
token-revoke-text = El programa que usa «{ $label }» pierde el acceso al instante.
right-manage_org = Administrar la empresa
right-see_people = Ver personas
right-manage_catalog = Cambiar productos
right-manage_stock = Mover existencias
right-plan_events = Planificar directos
right-go_live = Emitir
right-run_show = Llevar la escaleta
right-moderate = Moderar
right-answer = Responder preguntas
right-see_desk = Ver la mesa
right-see_trade = Ver pedidos y consultas
right-manage_trade = Hacer ofertas, confirmar pedidos
right-decide_compliance = Decidir cumplimiento
right-speak = Hablar en antena
right-interpret = Interpretar en antena
right-examine = Examinar
