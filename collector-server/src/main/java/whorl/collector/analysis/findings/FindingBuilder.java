package whorl.collector.analysis.findings;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowView;
import whorl.evidence.Digest;
import whorl.evidence.Text;

/** Builds a finding. Bounds the number of rows, subjects and steps. */
public final class FindingBuilder {
  private static final int ROWS_MAX = 100;
  private static final int SUBJECTS_MAX = 50;
  private static final int STEPS_MAX = 100;
  private static final int SUBJECT_CHARS = 1_000;
  private static final int TEXT_CHARS = 4_000;
  private static final int ID_CHARS = 10;

  private final String analysis;
  private final Set<String> rows = new LinkedHashSet<>();
  private final Set<Subject> subjects = new LinkedHashSet<>();
  private final Set<Technique> techniques = EnumSet.noneOf(Technique.class);
  private final List<Step> steps = new ArrayList<>();
  private Severity severity = Severity.INFORMATIONAL;
  private @Nullable Instant from;
  private @Nullable Instant to;
  private long seen;

  /**
   * @param analysis the name of the analysis
   */
  public FindingBuilder(String analysis) {
    this.analysis = analysis;
  }

  /** Adds a row that supports the finding. */
  public FindingBuilder row(RowView row) {
    seen++;
    if (rows.size() < ROWS_MAX) {
      rows.add(row.id());
    }
    from = from == null || row.time().isBefore(from) ? row.time() : from;
    to = to == null || row.time().isAfter(to) ? row.time() : to;
    return this;
  }

  /**
   * Adds a row about something earlier that led to the finding. It does not change the time span.
   */
  public FindingBuilder cite(RowView row) {
    if (rows.size() < ROWS_MAX) {
      rows.add(row.id());
    }
    return this;
  }

  /** Adds a row that is a step of the chain. */
  public FindingBuilder step(RowView row, Tactic tactic, String what) {
    return step(row, row.time(), tactic, what);
  }

  /** Adds a step that happened before its row's time. */
  public FindingBuilder step(RowView row, Instant time, Tactic tactic, String what) {
    row(row);
    from = from == null || time.isBefore(from) ? time : from;
    if (steps.size() < STEPS_MAX) {
      steps.add(new Step(time, what, row.id(), tactic));
    }
    return this;
  }

  public FindingBuilder technique(Technique... more) {
    techniques.addAll(List.of(more));
    return this;
  }

  public FindingBuilder techniques(Collection<Technique> more) {
    techniques.addAll(more);
    return this;
  }

  public FindingBuilder subject(Subject.Kind kind, @Nullable String value) {
    if (value != null && !value.isBlank() && subjects.size() < SUBJECTS_MAX) {
      subjects.add(new Subject(kind, Phrases.cut(value, SUBJECT_CHARS)));
    }
    return this;
  }

  /** Adds the request and its source address. */
  public FindingBuilder subject(@Nullable Request request) {
    if (request != null) {
      subject(Subject.Kind.REQUEST, request.line());
      subject(Subject.Kind.ADDRESS, request.source());
    }
    return this;
  }

  /** Raises the severity to at least this one. */
  public FindingBuilder severity(Severity atLeast) {
    severity = severity.or(atLeast);
    return this;
  }

  public Severity severity() {
    return severity;
  }

  /** The number of supporting rows, including those beyond the bound. */
  public long seen() {
    return seen;
  }

  public boolean isEmpty() {
    return seen == 0;
  }

  /** When the first supporting event happened; the epoch if there is none. */
  public Instant time() {
    return from == null ? Instant.EPOCH : from;
  }

  /**
   * Builds the finding.
   *
   * @param key distinguishes this finding from others of its analysis
   */
  public ReportedFinding build(String key, String title, String text) {
    String name = analysis + "\n" + key;
    String hex = Digest.of(name.getBytes(StandardCharsets.UTF_8)).hex().substring(0, ID_CHARS);
    List<Tactic> tactics = techniques.stream().map(Technique::tactic).distinct().sorted().toList();
    return new ReportedFinding(
        new Finding(
            analysis + "-" + hex,
            analysis,
            severity,
            Phrases.cut(title, 200),
            Text.atMost(text, TEXT_CHARS),
            List.copyOf(techniques),
            tactics,
            from,
            to,
            List.copyOf(rows),
            List.copyOf(subjects)),
        severity.atLeast(Severity.MEDIUM) ? List.copyOf(steps) : List.of());
  }
}
