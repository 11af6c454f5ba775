# Correos. Cada carta es un mensaje: su valor es el asunto y `.text` lleva un párrafo por línea.
greeting = Hola, { $name }:
greeting-unnamed = Hola:
footer = { $org } · enviado con Livefair
address-hint = Si el botón no funciona, abra esta dirección en su navegador:

fact-number = Pedido
fact-product = Producto
fact-quantity = Cantidad
fact-unit-price = Precio unitario
fact-total = Total
fact-reserved-until = Reservado hasta
fact-reason = Motivo
fact-text = Consulta
fact-company = Empresa
fact-country = País
fact-buyer = Contacto
fact-email = Correo
fact-question = Su pregunta
fact-answer = La respuesta

magic-link = Su enlace de acceso a { $org }
    .title = Acceder a { $org }
    .text = Pulse el botón para acceder. El enlace sirve una sola vez, durante 30 minutos.
    .action = Acceder
    .note = ¿No lo ha pedido usted? No tiene que hacer nada: sin el enlace nadie puede entrar.

order-placed = Hemos recibido su pedido { $number }
    .title = Pedido recibido
    .text =
        Gracias por su pedido. La mercancía queda reservada para usted.
        Lo revisaremos y se lo confirmaremos por correo.
    .action = Ver el pedido
    .note = Esto no es una factura. No tiene que pagar nada hasta que lo confirmemos.

order-confirmed = Su pedido { $number } está confirmado
    .title = Pedido confirmado
    .text =
        Buenas noticias: hemos confirmado su pedido.
        Encontrará los próximos pasos en la página del pedido.
    .action = Ver el pedido
    .note = Si algo no es correcto, responda a este correo.

order-cancelled = Su pedido { $number } se ha cancelado
    .title = Pedido cancelado
    .text = Este pedido se ha cancelado y la mercancía ya no está reservada. No tiene que pagar nada.
    .action = Ver el pedido
    .note = Si no lo esperaba, responda a este correo.

order-expired = La reserva de su pedido { $number } ha vencido
    .title = Su pedido ha caducado
    .text =
        No confirmamos su pedido a tiempo, y la mercancía ya no está reservada. No tiene que pagar nada.
        ¿Todavía la necesita? Responda a este correo y veremos qué queda.
    .action = Ver el pedido
    .note = Sentimos que haya esperado en vano.

inquiry-received = { $org } ha recibido su consulta
    .title = Hemos recibido su consulta
    .text =
        Gracias por su interés.
        Nuestro equipo de ventas le responderá por correo, normalmente en un día laborable.
    .action = Ver sus consultas
    .note = Si tiene planos o un precio objetivo, envíenoslos respondiendo a este correo.

inquiry-notice = Nueva consulta de { $company }
    .title = Un comprador pide precio
    .text = Alguien espera su respuesta. Contestar en menos de una hora suele ser decisivo.
    .action = Abrir las consultas
    .note = El comprador ya sabe que usted tiene su consulta.

question-answered = { $org } ha respondido a su pregunta
    .title = Su pregunta tiene respuesta
    .text = Usted nos preguntó durante la emisión en directo. Esta es la respuesta.
    .action = Volver a verlo
    .note = ¿Más preguntas? Responda a este correo.
