package whorl.collector.cli;

import java.util.List;

/** All holds on one piece of evidence. */
record HoldsRow(List<HoldRow> holds) {
  HoldsRow {
    holds = holds == null ? List.of() : List.copyOf(holds);
  }
}
