"""Words that say too little to be looked up in a source, and those that count or deny; English and German."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH = _words(
    "a about above according after again against all also although always among an and another any anyone anything are around as "
    "at away back be became because become been before being below between both but by can cannot case certain come could did "
    "different do does doing done down during each either else enough etc even ever every everyone everything few first for "
    "found from further gave get give given gives giving go goes going gone got had has have having he held hello her here hers "
    "herself him himself his how however i if in including indeed instead into is it its itself just keep kept kind know known "
    "last later least less let like likely long look made mainly make makes making many may maybe me mean means might mine more "
    "most mostly much must my myself named near need needed needs neither never new next no nobody none nor not nothing now of "
    "off often on once one only onto or other others our ours out over own part particular per perhaps please possible put "
    "rather really required said same say says see seen several shall she should show shown shows similar simply since so some "
    "someone something sometimes soon still such sure take taken takes taking text than that the their theirs them themselves "
    "then there therefore these they thing things this those though through thus to today together told too toward towards under "
    "until up upon us use used using usually very via want wants was way we well went were what whatever when where whether which "
    "while who whole whom whose why will with within without work would yes yet you your yours yourself mr mrs ms dr prof sir madam dear"
)
GERMAN = _words(
    "ab aber alle allem allen aller alles allgemein als also am an andere anderen anderer anderes ans auch auf aus außerdem bei "
    "beide beiden beim bereits bin bis bist bitte bleibt da dabei dadurch dafür daher damit danach dann daran darauf daraus darf "
    "darin darüber das dass davon dazu dein deine dem den denen denn der deren des dessen deshalb dich die dies diese diesem diesen "
    "dieser dieses dir doch dort du durch dürfen eben ebenso ein eine einem einen einer eines einige einigen einiger einmal er es "
    "etwa etwas euch euer eure falls fast für ganz gar geben gegen gibt ging ggf hab habe haben hat hatte hatten hier hin hinter "
    "ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem ins insgesamt irgend ist ja jede jedem jeden jeder jedes jedoch "
    "jemand jetzt kann kein keine keinem keinen keiner können könnte lassen laut machen mal man manche mehr mein meine meinem "
    "meinen meiner mich mir mit möglich muss müssen nach nachdem nämlich neben nein nicht nichts noch nun nur ob obwohl oder oft "
    "ohne pro schon sehr sei sein seine seinem seinen seiner seit seitdem selbst sich sie sind so sobald sodass sogar solange "
    "soll sollen sollte sondern sonst soweit sowie statt steht trotz über um und uns unser unsere unserem unseren unserer unter "
    "viel viele vielen vom von vor während wann war waren warum was weder wegen weil weiter weitere welche welchem welchen welcher "
    "welches wenig wenn wer werden wie wieder will wir wird wirklich wo wobei wollen worden wurde wurden zu zudem zum zur zwar "
    "zwischen herr herrn frau"
)
STOP_WORDS = ENGLISH | GERMAN

NUMBERS = {
    word: number
    for number, words in enumerate(
        ("two zwei", "three drei", "four vier", "five fünf", "six sechs", "seven sieben", "eight acht", "nine neun", "ten zehn",
         "eleven elf", "twelve zwölf dozen dutzend"),
        2,
    )
    for word in words.split()
}  # fmt: skip

NUMBERS |= {
    word: number
    for number, words in (
        (14, "fourteen vierzehn"), (15, "fifteen fünfzehn"), (18, "eighteen achtzehn"), (20, "twenty zwanzig"),
        (24, "twenty-four vierundzwanzig"), (25, "twenty-five fünfundzwanzig"), (30, "thirty dreißig"), (40, "forty vierzig"),
        (45, "forty-five fünfundvierzig"), (50, "fifty fünfzig"), (60, "sixty sechzig"), (70, "seventy siebzig"),
        (80, "eighty achtzig"), (90, "ninety neunzig"), (100, "hundred hundert einhundert"), (1000, "thousand tausend eintausend"),
    )
    for word in words.split()
}  # fmt: skip

# Around a quotation these can turn its meaning round.
NEGATIONS = _words(
    "not no never neither nor unless except false wrong untrue longer cannot can't don't doesn't isn't aren't won't wasn't weren't "
    "only if but however without nicht nie niemals kein keine keinen keiner keinem weder falsch außer nur wenn aber jedoch ohne sofern "
    "mehr"
)
