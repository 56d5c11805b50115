package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.timeline.IndexStatus;

/** What could not be looked at, so that silence is not taken for innocence. */
final class Unexamined implements Analysis {
  static final String NAME = "not-seen";

  private static final int NAMED_MAX = 30;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
    List<Found> found = new ArrayList<>();
    List<String> unread = unread(context.evidence(), context.index());
    if (!unread.isEmpty()) {
      found.add(
          new FindingBuilder(this)
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
          new FindingBuilder(this)
              .severity(Severity.LOW)
              .found(
                  "left",
                  "More than a report can hold",
                  "There is more that is suspect than was followed: "
                      + trail.left()
                      + " rows beyond the limits were counted and left. Filter the timeline by the suspect requests."));
    }
    return () -> found;
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

  /** The ring's events carry numbers without gaps; where some are missing, they were lost. */
  private @Nullable Found gap(AnalysisContext context) {
    Sequence.Gap gap = context.gap();
    if (gap.missing() <= 0) {
      return null;
    }
    return new FindingBuilder(this)
        .severity(Severity.LOW)
        .found(
            "gap",
            "Events are missing",
            "The agent numbers its events, and of those between "
                + gap.first()
                + " and "
                + gap.last()
                + " "
                + Phrases.count(gap.missing(), "number")
                + (gap.missing() == 1 ? " is" : " are")
                + " not in events.ndjson. They were dropped for want of room, or taken away.");
  }
}
