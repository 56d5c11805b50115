package whorl.collector.analysis.questions;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.Sequence;
import whorl.collector.analysis.trail.Trail;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.evidence.Text;
import whorl.evidence.channel.CaptureState;

/**
 * Reports what could not be examined, so that missing findings do not look like proof of innocence.
 */
public final class Unexamined implements Analysis {
  public static final String NAME = "not-seen";

  private static final int NAMED_MAX = 30;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    List<ReportedFinding> results = new ArrayList<>();
    List<String> unread = unread(context);
    if (!unread.isEmpty()) {
      results.add(
          new FindingBuilder(name())
              .build(
                  "unread",
                  "Not everything could be examined",
                  "These could not be examined: " + String.join("; ", unread) + "."));
    }
    List<String> unsigned = unsigned(context.evidence());
    if (!unsigned.isEmpty()) {
      results.add(
          new FindingBuilder(name())
              .severity(Severity.LOW)
              .build(
                  "unsigned",
                  "Rows come from artifacts that no agent signed",
                  "No signed manifest lists "
                      + String.join(", ", unsigned)
                      + ": anyone with an agent's token could have sent that, and its rows may be"
                      + " made up."));
    }
    ReportedFinding gap = gapResult(context);
    if (gap != null) {
      results.add(gap);
    }
    Trail trail = context.trail();
    if (trail.dropped() > 0) {
      results.add(
          new FindingBuilder(name())
              .severity(Severity.LOW)
              .build(
                  "left",
                  "More than a report can hold",
                  "The evidence has more suspect rows than a report can hold: "
                      + Text.counted(trail.dropped(), "row")
                      + " beyond the limits "
                      + (trail.dropped() == 1 ? "was" : "were")
                      + " counted but not examined. Filter the timeline by the suspect requests."));
    }
    return () -> {
      addCut(results, Math.max(trail.cut(), rowDispatcher.cut()));
      return results;
    };
  }

  private void addCut(List<ReportedFinding> results, long rows) {
    if (rows > 0) {
      results.add(
          new FindingBuilder(name())
              .severity(Severity.LOW)
              .build(
                  "cut",
                  "Long texts were examined in part",
                  "The evidence has more long texts than a report can hold: of "
                      + Text.counted(rows, "row")
                      + " only the beginnings of the texts were examined. The timeline has them"
                      + " whole."));
    }
  }

  /** Returns a few words for each unread artifact, such as {@code heap: the pause limit}. */
  public static List<String> unread(AnalysisContext context) {
    EvidenceRecord evidence = context.evidence();
    List<String> unread = new ArrayList<>();
    if (evidence.recipient() != null) {
      unread.add(
          "every artifact, since they are encrypted to " + Phrases.cut(evidence.recipient(), 80));
    }
    if (evidence.state() != CaptureState.SEALED) {
      addNotHere(unread, evidence);
    }
    for (var missing : evidence.missing()) {
      add(unread, missing.artifact(), missing.reason());
    }
    Set<String> damaged = new TreeSet<>(context.damaged());
    for (IndexStatus.Source source : context.index().artifacts()) {
      if (source.problem() != null) {
        add(unread, source.name(), source.problem());
        damaged.remove(source.name());
      }
    }
    for (String artifact : damaged) {
      add(unread, artifact, "it is damaged in the object store");
    }
    return unread;
  }

  /** Without a valid manifest nobody knows what else there was. */
  private static void addNotHere(List<String> unread, EvidenceRecord evidence) {
    List<String> problems = evidence.problems();
    add(
        unread,
        "what is not here",
        problems.isEmpty() ? "nothing says that this is all" : problems.get(problems.size() - 1));
    for (StoredArtifact artifact : evidence.artifacts()) {
      if (artifact.incomplete()) {
        add(unread, artifact.name().value(), "the rest of it did not arrive");
      }
    }
  }

  /** Artifacts that give rows, although the manifest of this evidence does not list them. */
  private static List<String> unsigned(EvidenceRecord evidence) {
    return evidence.artifacts().stream()
        .filter(StoredArtifact::unlisted)
        .map(artifact -> artifact.name().value())
        .filter(EvidenceReader::reads)
        .toList();
  }

  private static void add(List<String> unread, String name, String reasonText) {
    if (unread.size() < NAMED_MAX) {
      String reason = Phrases.cut(reasonText, 200);
      unread.add(
          Phrases.cut(name)
              + ": "
              + (reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason));
    }
  }

  /**
   * Reports missing sequence numbers. The events in the ring are numbered without gaps, so missing
   * numbers are lost events.
   */
  private @Nullable ReportedFinding gapResult(AnalysisContext context) {
    Sequence.Gap gap = context.gap();
    if (gap.missing() <= 0) {
      return null;
    }
    return new FindingBuilder(name())
        .severity(Severity.LOW)
        .build(
            "gap",
            "Events are missing",
            "The agent numbers its events. Between "
                + gap.first()
                + " and "
                + gap.last()
                + " "
                + Phrases.count(gap.missing(), "number")
                + (gap.missing() == 1 ? " is" : " are")
                + " missing in events.ndjson: those events were dropped for lack of room, or"
                + " removed.");
  }
}
