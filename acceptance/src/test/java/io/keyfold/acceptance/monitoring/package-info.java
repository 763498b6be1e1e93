/// What Prometheus and Grafana are given: alert rules, dashboard, runbook and the page of metrics, held against each other and
/// against what processes really show. Start reading at `Expressions`.
@NullMarked
package io.keyfold.acceptance.monitoring;

import org.jspecify.annotations.NullMarked;
