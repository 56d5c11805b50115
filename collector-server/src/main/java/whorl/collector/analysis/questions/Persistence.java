package whorl.collector.analysis.questions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.kinds.WrittenPath;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.ClassRows;
import whorl.collector.analysis.trail.Trail;
import whorl.collector.timeline.Column;

/**
 * Reports what persists after the intruder is gone: handlers registered with the server, and files
 * from which programs start.
 */
public final class Persistence implements Analysis {
  private static final int FINDINGS_MAX = 40;
  private static final int KEYS_MAX = 1_000;

  @Override
  public String name() {
    return "persistence";
  }

  /** One handler or file that persists. */
  private static final class Item {
    final FindingBuilder builder;
    final String title;
    final List<String> sentences = new ArrayList<>();

    Item(Analysis analysis, String title) {
      this.builder = new FindingBuilder(analysis.name());
      this.title = title;
    }
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<String, Item> items = new LinkedHashMap<>();
    rowDispatcher.subscribe(
        List.of("whorl.Registration", "whorl.FileOpen", "whorl.FileRename", "whorl.FileLink"),
        row -> {
          if (row.is("whorl.Registration")) {
            addRegistration(trail, items, row);
          } else {
            addFile(trail, items, row);
          }
        });
    rowDispatcher.subscribe(List.of("class.found"), row -> addInspection(trail, items, row));
    return () -> {
      List<ReportedFinding> results = new ArrayList<>();
      items.forEach(
          (key, item) -> {
            if (results.size() < FINDINGS_MAX) {
              results.add(item.builder.build(key, item.title, String.join(" ", item.sentences)));
            }
          });
      return results;
    };
  }

  private void addRegistration(Trail trail, Map<String, Item> items, RowView row) {
    String kind = Phrases.cut(row.field("kind"), 40);
    String name = row.textOr(Column.CLASS_NAME, "className");
    Item item = item(items, kind + " " + name, "Registered the " + kind + " " + Phrases.cut(name));
    if (item == null) {
      return;
    }
    boolean suspect = trail.isSuspect(row);
    Severity severity =
        suspect || row.request() != null
            ? Severity.CRITICAL
            : trail.mayBeIntruders(row) ? Severity.HIGH : Severity.LOW;
    String target = row.field("target");
    item.builder
        .severity(severity)
        .technique(Technique.WEB_SHELL)
        .subject(Subject.Kind.CLASS, name)
        .subject(trail.request(row))
        .step(
            row,
            Tactic.PERSISTENCE,
            "registered the "
                + kind
                + " "
                + Phrases.cut(name)
                + (target == null ? "" : " for " + Phrases.cut(target)));
    if (item.sentences.size() < 5) {
      item.sentences.add(
          "At "
              + Phrases.at(row.time())
              + " "
              + trail.actor(row)
              + " registered the "
              + kind
              + " "
              + Phrases.cut(name)
              + (target == null ? "" : " for " + Phrases.cut(target))
              + " with the running server, where it answers requests until the JVM ends.");
    }
  }

  /** True if the capture's finding is about a registration, not about how the class was made. */
  static boolean isRegistration(Map<?, ?> finding) {
    Object kind = finding.get("kind");
    return kind != null && !String.valueOf(kind).endsWith("-class");
  }

  private void addInspection(Trail trail, Map<String, Item> items, RowView row) {
    for (Map<?, ?> finding : row.fieldObjects("findings")) {
      Severity severity = ClassRows.severity(finding.get("severity"));
      if (severity == null
          || !isRegistration(finding)
          || ClassRows.isGenerated(row, trail.codeArrivals().names())) {
        continue;
      }
      String kind = Phrases.cut(String.valueOf(finding.get("kind")), 40);
      String name = row.textOr(Column.CLASS_NAME, "name");
      String words = kind + " " + Phrases.cut(name);
      Item item =
          item(
              items,
              kind + " " + name,
              kind.equals("thread")
                  ? "Runs in a thread: " + Phrases.cut(name)
                  : "Registered the " + words);
      if (item == null) {
        return;
      }
      Object target = finding.get("target");
      item.builder
          .severity(severity)
          .technique(Technique.WEB_SHELL)
          .subject(Subject.Kind.CLASS, name)
          .subject(Subject.Kind.HASH, ClassRows.sha256(row))
          .row(row);
      if (item.sentences.size() < 5) {
        item.sentences.add(
            "When the evidence was taken, the "
                + words
                + " was in use"
                + (target == null ? "" : " for " + Phrases.cut(target.toString()))
                + ": "
                + Phrases.cut(String.valueOf(finding.get("reason")), 300)
                + ".");
      }
    }
  }

  private void addFile(Trail trail, Map<String, Item> items, RowView row) {
    boolean moved = row.is("whorl.FileRename");
    String path = moved ? row.fileTarget() : row.file();
    WrittenPath kind = WrittenPath.of(path);
    if (!kind.persists() || !row.writes()) {
      return;
    }
    boolean suspect = trail.isSuspect(row);
    if (!suspect && !trail.mayBeIntruders(row) && kind == WrittenPath.SERVER_PAGE) {
      return;
    }
    Item item = item(items, path, "Wrote a file " + kind.description() + ": " + Phrases.cut(path));
    if (item == null) {
      return;
    }
    item.builder
        .severity(
            suspect ? Severity.CRITICAL : trail.mayBeIntruders(row) ? Severity.HIGH : Severity.LOW)
        .techniques(kind.techniques())
        .subject(Subject.Kind.FILE, path)
        .subject(trail.request(row))
        .step(
            row,
            Tactic.PERSISTENCE,
            "wrote " + Phrases.cut(path) + ", a file " + kind.description());
    if (item.sentences.isEmpty()) {
      item.sentences.add(
          "At "
              + Phrases.at(row.time())
              + " "
              + trail.actor(row)
              + " wrote "
              + Phrases.cut(path)
              + ", a file "
              + kind.description()
              + ". It survives the JVM if its folder does.");
    }
  }

  private @Nullable Item item(Map<String, Item> items, String key, String title) {
    Item known = items.get(key);
    if (known == null && items.size() < KEYS_MAX) {
      known = new Item(this, title);
      items.put(key, known);
    }
    return known;
  }
}
