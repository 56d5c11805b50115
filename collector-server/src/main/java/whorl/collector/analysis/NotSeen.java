package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;

/** What could not be looked at, so that silence is not taken for innocence. */
final class NotSeen implements Analysis {
  private static final int NAMED_MAX = 30;

  @Override
  public String name() {
    return "not-seen";
  }

  @Override
  public List<Found> look(AnalysisContext context) throws IOException {
    List<Found> found = new ArrayList<>();
    List<String> unread = unread(context.evidence(), context.index());
    if (!unread.isEmpty()) {
      found.add(
          new Draft(this)
              .found(
                  "unread",
                  "Not everything could be looked at",
                  "These could not be looked at: " + String.join("; ", unread) + "."));
    }
    Found gap = gap(context);
    if (gap != null) {
      found.add(gap);
    }
    Trail trail = context.trail();
    if (trail.left() > 0) {
      found.add(
          new Draft(this)
              .severity(Severity.LOW)
              .found(
                  "left",
                  "More than a report can hold",
                  "There is more that is suspect than was followed: "
                      + trail.left()
                      + " rows beyond the limits were counted and left. Filter the timeline by the suspect requests."));
    }
    return found;
  }

  /** A few words for each thing, such as {@code heap: the pause limit}. */
  static List<String> unread(EvidenceRecord evidence, IndexStatus index) {
    List<String> unread = new ArrayList<>();
    if (evidence.recipient() != null) {
      unread.add(
          "every artifact, since they are encrypted to " + Phrases.cut(evidence.recipient(), 80));
    }
    for (var missing : evidence.missing()) {
      add(unread, missing.artifact(), missing.reason());
    }
    for (IndexStatus.Source source : index.artifacts()) {
      if (source.problem() != null) {
        add(unread, source.name(), source.problem());
      }
    }
    return unread;
  }

  private static void add(List<String> unread, String name, String why) {
    if (unread.size() < NAMED_MAX) {
      String reason = Phrases.cut(why, 200);
      unread.add(
          Phrases.cut(name)
              + ": "
              + (reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason));
    }
  }

  /** Events carry numbers without gaps; where some are missing, they were lost or taken away. */
  private @Nullable Found gap(AnalysisContext context) throws IOException {
    long[] sums = {Long.MAX_VALUE, Long.MIN_VALUE, 0};
    TimelineQuery query =
        TimelineQuery.of(context.evidence().id()).where(Column.SEQUENCE, Where.Op.GT, "-1");
    context
        .timeline()
        .each(
            query,
            row -> {
              Long sequence = row.number(Column.SEQUENCE);
              if (sequence != null) {
                sums[0] = Math.min(sums[0], sequence);
                sums[1] = Math.max(sums[1], sequence);
                sums[2]++;
              }
            });
    long lost = sums[2] == 0 ? 0 : sums[1] - sums[0] + 1 - sums[2];
    if (lost <= 0) {
      return null;
    }
    return new Draft(this)
        .severity(Severity.LOW)
        .found(
            "gap",
            "Events are missing",
            "The agent numbers its events, and "
                + Phrases.count(lost, "number")
                + " between "
                + sums[0]
                + " and "
                + sums[1]
                + (lost == 1 ? " is" : " are")
                + " not in this evidence. They were dropped for want of room, or taken away.");
  }
}
