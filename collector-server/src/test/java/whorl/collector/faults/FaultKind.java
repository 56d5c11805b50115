package whorl.collector.faults;

import java.util.Arrays;
import java.util.List;

/** The faults, each with what happens. */
enum FaultKind {
  COLLECTOR_ENDED("a collector ended in order"),
  COLLECTOR_SUSPENDED("a collector stood still"),
  COLLECTOR_EMPTIED("a collector killed, its data folder deleted"),
  CLOCK_AHEAD("a collector started with its clock a day ahead"),
  CLOCK_BEHIND("a collector started with its clock a day behind"),
  POSTGRES_RESTARTED("PostgreSQL restarted"),
  POSTGRES_CRASHED("PostgreSQL killed"),
  POSTGRES_SILENT("PostgreSQL silent for all"),
  POSTGRES_SILENT_FOR_ONE("PostgreSQL silent for one collector"),
  POSTGRES_SLOW("PostgreSQL slow"),
  POSTGRES_CUT("PostgreSQL's connections cut"),
  S3_RESTARTED("S3 restarted"),
  S3_KILLED("S3 killed"),
  S3_SILENT("S3 silent for all"),
  S3_SILENT_FOR_ONE("S3 silent for one collector"),
  S3_SLOW("S3 slow"),
  S3_500("S3 answering 500"),
  S3_503("S3 answering 503"),
  S3_RESET("S3's connections reset in the middle"),
  CLIENTS_RESET("agents' connections reset in the middle"),
  CLIENTS_SILENT("a collector's line to the balancer silent"),
  CLIENTS_SLOW("a collector's line to the balancer slow"),
  BALANCER_RESTARTED("the balancer restarted");

  /** Those after which most was found to be wrong, and that take little time. */
  static final List<FaultKind> WORST =
      List.of(
          COLLECTOR_SUSPENDED,
          COLLECTOR_EMPTIED,
          POSTGRES_CRASHED,
          POSTGRES_SILENT,
          POSTGRES_CUT,
          S3_SILENT,
          S3_500,
          S3_RESET,
          CLIENTS_RESET);

  private final String words;

  FaultKind(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** All that can be made here. */
  static List<FaultKind> possible() {
    return Arrays.stream(values())
        .filter(each -> !each.needsFakeClock() || CollectorNode.canFakeClocks())
        .toList();
  }

  private boolean needsFakeClock() {
    return this == CLOCK_AHEAD || this == CLOCK_BEHIND;
  }
}
