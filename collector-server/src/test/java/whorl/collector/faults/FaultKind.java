package whorl.collector.faults;

import java.util.Arrays;
import java.util.List;

/** The faults, each with what happens and what it happens to. */
enum FaultKind {
  COLLECTOR_ENDED(Part.COLLECTOR, "a collector ended in order"),
  COLLECTOR_SUSPENDED(Part.COLLECTOR, "a collector stood still"),
  COLLECTOR_EMPTIED(Part.COLLECTOR, "a collector killed, its data folder deleted"),
  COLLECTOR_FULL(Part.COLLECTOR, "a collector's disk full"),
  CLOCK_AHEAD(Part.COLLECTOR, "a collector started with its clock a day ahead"),
  CLOCK_BEHIND(Part.COLLECTOR, "a collector started with its clock a day behind"),
  POSTGRES_RESTARTED(Part.POSTGRES, "PostgreSQL restarted"),
  POSTGRES_CRASHED(Part.POSTGRES, "PostgreSQL killed"),
  POSTGRES_SILENT(Part.POSTGRES, "PostgreSQL silent for all"),
  POSTGRES_SILENT_FOR_ONE(Part.POSTGRES, "PostgreSQL silent for one collector"),
  POSTGRES_SLOW(Part.POSTGRES, "PostgreSQL slow"),
  POSTGRES_CUT(Part.POSTGRES, "PostgreSQL's connections cut"),
  POSTGRES_FULL(Part.POSTGRES, "PostgreSQL's disk full"),
  S3_RESTARTED(Part.S3, "S3 restarted"),
  S3_KILLED(Part.S3, "S3 killed"),
  S3_SILENT(Part.S3, "S3 silent for all"),
  S3_SILENT_FOR_ONE(Part.S3, "S3 silent for one collector"),
  S3_SLOW(Part.S3, "S3 slow"),
  S3_500(Part.S3, "S3 answering 500"),
  S3_503(Part.S3, "S3 answering 503"),
  S3_RESET(Part.S3, "S3's connections reset in the middle"),
  CLIENTS_RESET(Part.CLIENTS, "agents' connections reset in the middle"),
  CLIENTS_SILENT(Part.CLIENTS, "a collector's line to the balancer silent"),
  CLIENTS_SLOW(Part.CLIENTS, "a collector's line to the balancer slow"),
  BALANCER_RESTARTED(Part.BALANCER, "the balancer restarted");

  /** What a fault happens to. Two at once happen to different parts. */
  enum Part {
    COLLECTOR,
    POSTGRES,
    S3,
    CLIENTS,
    BALANCER
  }

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

  private final Part part;
  private final String words;

  FaultKind(Part part, String words) {
    this.part = part;
    this.words = words;
  }

  Part part() {
    return part;
  }

  String words() {
    return words;
  }

  /**
   * All that can be made here.
   *
   * @param embedded whether one collector keeps everything in its folder, which then must not be
   *     deleted
   */
  static List<FaultKind> possible(boolean embedded) {
    return Arrays.stream(values())
        .filter(each -> !each.needsFakeClock() || CollectorNode.canFakeClocks())
        .filter(each -> !each.needsOwnDisk() || OwnDisk.isPossible())
        .filter(each -> !embedded || each.canBeEmbedded())
        .toList();
  }

  private boolean needsFakeClock() {
    return this == CLOCK_AHEAD || this == CLOCK_BEHIND;
  }

  private boolean needsOwnDisk() {
    return this == COLLECTOR_FULL || this == POSTGRES_FULL;
  }

  private boolean canBeEmbedded() {
    return part != Part.POSTGRES && part != Part.S3 && this != COLLECTOR_EMPTIED;
  }
}
