//! Who comes to the demo's show and what they say: the questions importers ask, and what the desk knows about them.

/// A visitor with a company.
pub struct Buyer {
    pub name: &'static str,
    pub company: &'static str,
    pub email: &'static str,
    pub country: &'static str,
    pub lang: &'static str,
}

pub const ANA: Buyer = Buyer {
    name: "Ana Ortega",
    company: "Juguetes del Retiro S.L.",
    email: "ana@example.es",
    country: "ES",
    lang: "es",
};
pub const MORI: Buyer =
    Buyer { name: "森 健一", company: "森教材株式会社", email: "mori@example.jp", country: "JP", lang: "ja" };
pub const DENISE: Buyer = Buyer {
    name: "Denise Walker",
    company: "Lakeside School Supply",
    email: "denise@example.com",
    country: "US",
    lang: "en",
};
pub const LUC: Buyer =
    Buyer { name: "Luc Moreau", company: "Éveil & Bois SARL", email: "luc@example.fr", country: "FR", lang: "en" };
pub const CHEN: Buyer =
    Buyer {
        name: "陈思敏", company: "新加坡启蒙教育用品", email: "chen@example.sg", country: "SG", lang: "zh-CN"
    };

/// What a buyer does next.
pub enum Act {
    Say(&'static str),
    /// A question about a product of the run sheet, by its place.
    Ask(usize, &'static str),
    Order(u32),
    /// Asks for a quote on a product of the run sheet.
    Inquire(usize, &'static str),
}

/// A round of the show, in order. Orders and requests happen in the first round only.
pub const ROUND: [(&Buyer, Act); 22] = [
    (&ANA, Act::Say("Hola desde Madrid")),
    (&DENISE, Act::Say("Good morning from Chicago")),
    (&ANA, Act::Ask(0, "¿La pintura cumple la norma EN 71-3?")),
    (&MORI, Act::Say("大阪から見ています")),
    (&DENISE, Act::Ask(0, "What is the lead time for 2,400 sets with our own box?")),
    (&ANA, Act::Order(48)),
    (&CHEN, Act::Say("新加坡的朋友来报到")),
    (&MORI, Act::Ask(0, "カートンの寸法と重さを教えてください。")),
    (&LUC, Act::Say("Hello, joining from Lyon")),
    (&LUC, Act::Ask(1, "Can I mix blocks and magnetic tiles in one 20GP?")),
    (&DENISE, Act::Order(240)),
    (&CHEN, Act::Ask(1, "磁力片的磁铁会不会脱落？有测试报告吗？")),
    (&ANA, Act::Say("Las losetas se ven muy bien terminadas")),
    (&MORI, Act::Inquire(1, "1,200セットの見積もりをお願いします。日本語の箱と説明書つきで。")),
    (&DENISE, Act::Ask(2, "Is the alphabet board available with lowercase letters?")),
    (&LUC, Act::Say("Nice sound, no delay here")),
    (&ANA, Act::Ask(2, "¿Pueden imprimir el tablero con la letra ñ?")),
    (&CHEN, Act::Inquire(2, "请报 3,000 件 CIF 新加坡的价格，九月到港。")),
    (&MORI, Act::Say("箱の印刷がきれいですね")),
    (&LUC, Act::Ask(3, "Does the clock come with a French leaflet?")),
    (&CHEN, Act::Say("学习钟我们学校一直在用")),
    (&DENISE, Act::Ask(4, "How many abacuses fit a pallet?")),
];

/// What the desk answers, in the language of the question.
pub fn answer_to(question: &str) -> Option<&'static str> {
    const ANSWERS: [(&str, &str); 9] = [
        (
            "¿La pintura cumple la norma EN 71-3?",
            "Sí. Pintura al agua, ensayada según EN 71-3:2019+A2:2024; le enviamos el informe con la oferta.",
        ),
        (
            "What is the lead time for 2,400 sets with our own box?",
            "32 days: 25 for the goods and a week for your box. We need the artwork at order.",
        ),
        (
            "カートンの寸法と重さを教えてください。",
            "520×380×410 mm、24セット入りで総重量14.6 kgです。40HQに約830カートン入ります。",
        ),
        (
            "Can I mix blocks and magnetic tiles in one 20GP?",
            "Yes, from 40 cartons of each. We plan the load with you and send a drawing.",
        ),
        (
            "磁力片的磁铁会不会脱落？有测试报告吗？",
            "不会。铆钉加超声波双重封边，按 EN 71-1 做过跌落、扭力和拉力测试，报告随报价一起发您。",
        ),
        (
            "Is the alphabet board available with lowercase letters?",
            "Yes, same price, reference HM-ABC-026L. From 300 pieces it is in stock.",
        ),
        (
            "¿Pueden imprimir el tablero con la letra ñ?",
            "Sí, la versión española lleva 27 letras. A partir de 600 unidades, mismo precio.",
        ),
        (
            "Does the clock come with a French leaflet?",
            "The leaflet is in English, French, German and Spanish. Your own text costs nothing from 720 pieces.",
        ),
        ("How many abacuses fit a pallet?", "480: twelve cartons of 40 on a 1.0 × 1.2 m pallet, 1.75 m high."),
    ];
    ANSWERS.iter().find(|(asked, _)| *asked == question).map(|(_, answer)| *answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_its_answer() {
        for (buyer, act) in &ROUND {
            if let Act::Ask(_, question) = act {
                assert!(answer_to(question).is_some(), "{}: {question}", buyer.name);
            }
        }
        assert_eq!(answer_to("What about a visitor's own question?"), None);
    }
}
