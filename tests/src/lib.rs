//! Builders of whole clients for the journeys.
