package whorl.collector.cli.client;

import java.util.List;

/** All holds on one piece of evidence. */
public record HoldsRow(List<HoldRow> holds) {
  public HoldsRow {
    holds = holds == null ? List.of() : List.copyOf(holds);
  }
}
