# cairn-description: Ranks the published airports by the share of flights that were late.
import csv
import os
from fractions import Fraction

import cairn


def main(config):
    published = config["target-dir"]
    with open(os.path.join(published, "airports.csv"), newline="") as file:
        airports = [
            {"origin": row["origin"], "flights": int(row["flights"]), "late": int(row["late"])}
            for row in csv.DictReader(file)
        ]
    ranked = [each for each in airports if each["flights"] >= config["min-flights"]]
    # Fractions, so that equal shares are equal; then by name, so that the order is always the same.
    ranked.sort(key=lambda each: (-Fraction(each["late"], each["flights"]), each["origin"]))
    target = os.path.join(published, "ranking.csv")
    with open(target + ".tmp", "w", newline="") as file:
        writer = csv.DictWriter(file, ["origin", "flights", "late"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(ranked)
    os.replace(target + ".tmp", target)
    cairn.artifact(target)
    cairn.log.info("ranked", airports=len(ranked), first=ranked[0]["origin"])
    return {"airports": len(ranked), "worst": ranked[0]["origin"]}


cairn.run(main)
