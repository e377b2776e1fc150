"""Zones and floor plans, risk points, hazard sources, assessments, measures, and the levels they come to."""
