"""Claims about four sources and whether the source bears them, labelled by reading before anything looked them up."""

from __future__ import annotations

NOTICE = (
    "The delivery entrance at the Freiburg warehouse is closed from Monday 2 March to Wednesday 4 March because the ramp is "
    "being rebuilt. Suppliers please use gate 7 on Hornusstrasse. Parcels for the shop still go to the front desk until 17:00."
)
TRAVEL = (
    "Hotel stays are paid up to 140 EUR per night. Receipts are needed for anything above 25 EUR. Flights within Europe are "
    "booked in economy class; Ms Okafor approves exceptions. Claims must be handed in within thirty days. Taxis are paid "
    "only after 22:00 or with heavy luggage."
)
HAUS = (
    "Die Kantine bleibt am Freitag, dem 12. Juni, geschlossen, weil der Boden erneuert wird. Warme Speisen gibt es an diesem "
    "Tag im Innenhof, von 11:30 bis 13:30 Uhr. Wer eine Allergie hat, meldet sich bis Mittwoch bei Frau Albrecht. Getränke "
    "kosten wie immer 1,50 Euro."
)
VERTRAG = (
    "Der Vertrag läuft ab dem 1. Januar 2027 und kann mit einer Frist von vier Wochen zum Monatsende gekündigt werden. Die "
    "Wartung ist zweimal im Jahr enthalten. Für Reparaturen berechnet Norwind 85 Euro pro Stunde; die Anfahrt ist frei."
)

# (source, claim, whether the source bears it)
LABELLED = (
    (NOTICE, "Suppliers please use gate 7 on Hornusstrasse.", True),
    (NOTICE, "The ramp is being rebuilt, so the delivery entrance is shut for three days.", True),
    (NOTICE, "The entrance at Freiburg is closed from 2 to 4 March.", True),
    (NOTICE, "Parcels for the shop can be brought to the front desk until 5 pm.", True),
    (NOTICE, "Suppliers must use gate 7 until 17:00.", False),
    (NOTICE, "The delivery entrance is closed until 6 March.", False),
    (NOTICE, "Suppliers should drive to gate 9.", False),
    (NOTICE, "Mr Weber leads the work on the ramp.", False),
    (NOTICE, "The company apologises for the inconvenience and thanks everyone for understanding.", False),
    (NOTICE, "The front desk is closed on Monday.", False),
    (NOTICE, "The warehouse in Hamburg is closed.", False),
    (NOTICE, "Parcels for the shop still go to the front desk until 17:00", True),
    (TRAVEL, "Hotel stays are paid up to 140 EUR per night.", True),
    (TRAVEL, "The company pays hotels up to 140 EUR a night.", True),
    (TRAVEL, "A hotel may cost at most 25 EUR.", False),
    (TRAVEL, "Receipts are needed for anything above 140 EUR.", False),
    (TRAVEL, "Claims must be handed in within 30 days.", True),
    (TRAVEL, "Claims must be handed in within 60 days.", False),
    (TRAVEL, "Exceptions are approved by Ms Okafor.", True),
    (TRAVEL, "Exceptions are approved by Ms Beck.", False),
    (TRAVEL, "Taxis are paid", False),
    (TRAVEL, "Taxis are paid only after 10 pm or with heavy luggage.", True),
    (TRAVEL, "Business class is allowed on long flights to America.", False),
    (TRAVEL, "Breakfast, laundry and parking are reimbursed without receipts.", False),
    (TRAVEL, "Flights within Europe are booked in economy class.", True),
    (HAUS, "Die Kantine ist am 12. Juni zu.", True),
    (HAUS, "Die Kantine bleibt am 13. Juni geschlossen.", False),
    (HAUS, "Warme Speisen gibt es im Innenhof.", True),
    (HAUS, "Allergiker melden sich bis Mittwoch bei Frau Albrecht.", True),
    (HAUS, "Allergiker melden sich bei Herrn Weber.", False),
    (HAUS, "Getränke kosten wie immer 1,50 Euro.", True),
    (HAUS, "Getränke kosten 2,50 Euro.", False),
    (HAUS, "Am Freitag gibt es Getränke bis 13:30 Uhr.", False),
    (HAUS, "Die Geschäftsleitung dankt allen Mitarbeitenden für ihre Geduld.", False),
    (HAUS, "Das Essen wird ab halb zwölf ausgegeben.", True),
    (VERTRAG, "Der Vertrag beginnt am 1. Januar 2027.", True),
    (VERTRAG, "Die Kündigungsfrist beträgt 4 Wochen zum Monatsende.", True),
    (VERTRAG, "Die Kündigungsfrist beträgt sechs Wochen.", False),
    (VERTRAG, "Norwind berechnet 85 Euro pro Stunde für die Anfahrt.", False),
    (VERTRAG, "Die Anfahrt ist frei.", True),
    (VERTRAG, "Die Wartung findet viermal im Jahr statt.", False),
    (VERTRAG, "Der Vertrag läuft bis zum 31. Dezember 2028.", False),
    (VERTRAG, "Für Reparaturen berechnet Norwind 85 Euro pro Stunde", True),
    (VERTRAG, "Ersatzteile sind im Preis enthalten.", False),
)

MINUTES = (
    "Present: Lena Brandt, Piet Vos and the two apprentices. The new till goes live on 3 September in all 14 shops. Training "
    "takes half a day and is held in the week before. Shops below 80 square metres get one till, larger ones two. Piet "
    "orders the cables; Lena writes to the shop managers by 20 August. The old tills are collected by a recycling firm."
)
RUECK = (
    "Rücksendungen sind innerhalb von 30 Tagen kostenlos, danach kostet das Etikett 4,90 Euro. Das Geld wird spätestens 14 "
    "Tage nach Eingang der Ware erstattet. Gutscheine und bedruckte Artikel sind ausgeschlossen. Fragen beantwortet das Team "
    "in Freiburg von Montag bis Freitag zwischen 8 und 16 Uhr."
)

# Written after support.py was finished, and never used to change it.
HELD_OUT = (
    (MINUTES, "The new till goes live on 3 September.", True),
    (MINUTES, "The tills start in 14 shops on September 3.", True),
    (MINUTES, "The new till goes live on 20 August.", False),
    (MINUTES, "Lena orders the cables.", False),
    (MINUTES, "Piet orders the cables", True),
    (MINUTES, "Piet Vos writes to the managers by 3 September.", False),
    (MINUTES, "Training takes two days.", False),
    (MINUTES, "Training is held in the last week of August.", True),
    (MINUTES, "Shops with more than 80 square metres receive two tills.", True),
    (MINUTES, "The old tills are sold to Brandt Recycling in Basel.", False),
    (MINUTES, "A budget of 25,000 EUR was approved.", False),
    (MINUTES, "All participants agreed that the project would improve customer satisfaction and efficiency.", False),
    (MINUTES, "Two apprentices took part.", True),
    (MINUTES, "Three apprentices took part.", False),
    (RUECK, "Rücksendungen sind 30 Tage lang kostenlos.", True),
    (RUECK, "Rücksendungen sind 14 Tage lang kostenlos.", False),
    (RUECK, "Nach 30 Tagen kostet das Etikett 4,90 Euro.", True),
    (RUECK, "Das Etikett kostet 9,40 Euro.", False),
    (RUECK, "Gutscheine und bedruckte Artikel sind ausgeschlossen.", True),
    (RUECK, "Gutscheine können zurückgegeben werden.", False),
    (RUECK, "Das Team in Freiburg ist auch samstags erreichbar.", False),
    (RUECK, "Das Geld kommt spätestens zwei Wochen nach Eingang der Ware.", True),
    (RUECK, "Das Geld wird nach sieben Tagen erstattet.", False),
    (RUECK, "Fragen beantwortet Herr Lindner zwischen 8 und 16 Uhr.", False),
    (RUECK, "Wir danken Ihnen herzlich für Ihr Vertrauen und wünschen Ihnen viel Freude.", False),
)
