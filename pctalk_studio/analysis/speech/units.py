"""Units of measure behind a number and what is said for them. Data only."""

from __future__ import annotations

_TABLE = """
km = kilometer | kilometers
m = meter | meters | million | m.
cm = centimeter | centimeters
mm = millimeter | millimeters
kg = kilogram | kilograms | kilos
g = gram | grams | g.
mg = milligram | milligrams
lb = pound | pounds
lbs = pound | pounds
oz = ounce | ounces
ft = foot | feet | foot
in = inch | inches | in
yd = yard | yards
mi = mile | miles
mph = mile per hour | miles per hour | m. p. h.
km/h = kilometer per hour | kilometers per hour | kilometers an hour
kph = kilometer per hour | kilometers per hour | kilometers an hour
m/s = meter per second | meters per second
l = liter | liters
ml = milliliter | milliliters
s = second | seconds | s.
sec = second | seconds
secs = second | seconds
ms = millisecond | milliseconds
min = minute | minutes
mins = minute | minutes
h = hour | hours
hr = hour | hours
hrs = hour | hours
hz = hertz | hertz
khz = kilohertz | kilohertz
mhz = megahertz | megahertz
ghz = gigahertz | gigahertz
kb = kilobyte | kilobytes | k. b.
mb = megabyte | megabytes | megs | m. b.
gb = gigabyte | gigabytes | gigs | g. b.
tb = terabyte | terabytes | t. b.
w = watt | watts
kw = kilowatt | kilowatts
kwh = kilowatt hour | kilowatt hours
v = volt | volts
db = decibel | decibels | d. b.
px = pixel | pixels
fps = frame per second | frames per second | f. p. s.
x = x. | x. | times | by
° = degree | degrees
°c = degree celsius | degrees celsius | degrees | degrees c.
°f = degree fahrenheit | degrees fahrenheit | degrees | degrees f.
% = percent | percent
¢ = cent | cents
p = p. | p. | pence
k = k. | k. | thousand
am = a. m. | a. m.
pm = p. m. | p. m.
m2 = square meter | square meters
km2 = square kilometer | square kilometers
m3 = cubic meter | cubic meters
ft2 = square foot | square feet
"""


def _parsed() -> dict[str, tuple[tuple[str, ...], ...]]:
    rows = (line.partition(" = ") for line in _TABLE.strip().splitlines())
    return {unit: tuple(tuple(reading.split()) for reading in readings.split("|")) for unit, _, readings in rows}


UNITS = _parsed()
"""Lower-case unit to its readings: for one, for many, then others."""
