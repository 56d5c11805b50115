package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/** What stays once the intruder is gone: handlers in the server, files from which things start. */
final class Persistence implements Analysis {
  private static final int FINDINGS_MAX = 40;
  private static final int KEYS_MAX = 1_000;

  @Override
  public String name() {
    return "persistence";
  }

  /** One thing that stays. */
  private static final class Kept {
    final FindingBuilder draft;
    final String title;
    final List<String> sentences = new ArrayList<>();

    Kept(Analysis analysis, String title) {
      this.draft = new FindingBuilder(analysis);
      this.title = title;
    }
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<String, Kept> kept = new LinkedHashMap<>();
    rowDispatcher.each(
        List.of("whorl.Registration", "whorl.FileOpen", "whorl.FileRename", "whorl.FileLink"),
        row -> {
          if (row.is("whorl.Registration")) {
            registered(trail, kept, row);
          } else {
            written(trail, kept, row);
          }
        });
    rowDispatcher.each(List.of("class.found"), row -> inspected(trail, kept, row));
    return () -> {
      List<Found> found = new ArrayList<>();
      kept.forEach(
          (key, one) -> {
            if (found.size() < FINDINGS_MAX) {
              found.add(one.draft.found(key, one.title, String.join(" ", one.sentences)));
            }
          });
      return found;
    };
  }

  private void registered(Trail trail, Map<String, Kept> kept, RowView row) {
    String kind = Phrases.cut(row.field("kind"), 40);
    String name = row.textOr(Column.CLASS_NAME, "className");
    Kept one = kept(kept, kind + " " + name, "Registered the " + kind + " " + Phrases.cut(name));
    if (one == null) {
      return;
    }
    boolean suspect = trail.isSuspect(row);
    Severity severity =
        suspect || row.request() != null
            ? Severity.CRITICAL
            : trail.isLoose(row) ? Severity.HIGH : Severity.LOW;
    String target = row.field("target");
    one.draft
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
    if (one.sentences.size() < 5) {
      one.sentences.add(
          "At "
              + Phrases.at(row.time())
              + " "
              + trail.during(row)
              + " registered the "
              + kind
              + " "
              + Phrases.cut(name)
              + (target == null ? "" : " for " + Phrases.cut(target))
              + " with the running server, where it answers requests until the JVM ends.");
    }
  }

  /** Whether what the capture says of a class is that it is registered, and not how it was made. */
  static boolean isRegistration(Map<?, ?> told) {
    Object kind = told.get("kind");
    return kind != null && !String.valueOf(kind).endsWith("-class");
  }

  private void inspected(Trail trail, Map<String, Kept> kept, RowView row) {
    for (Map<?, ?> told : row.fieldObjects("findings")) {
      Severity severity = CodeLoaded.severity(told.get("severity"));
      if (severity == null
          || !isRegistration(told)
          || CodeLoaded.isGenerated(row, trail.comings().names())) {
        continue;
      }
      String kind = Phrases.cut(String.valueOf(told.get("kind")), 40);
      String name = row.textOr(Column.CLASS_NAME, "name");
      String words = kind + " " + Phrases.cut(name);
      Kept one =
          kept(
              kept,
              kind + " " + name,
              kind.equals("thread")
                  ? "Runs in a thread: " + Phrases.cut(name)
                  : "Registered the " + words);
      if (one == null) {
        return;
      }
      Object target = told.get("target");
      one.draft
          .severity(severity)
          .technique(Technique.WEB_SHELL)
          .subject(Subject.Kind.CLASS, name)
          .subject(Subject.Kind.HASH, CodeLoaded.sha256(row))
          .row(row);
      if (one.sentences.size() < 5) {
        one.sentences.add(
            "When the evidence was taken, the "
                + words
                + " was at work"
                + (target == null ? "" : " for " + Phrases.cut(target.toString()))
                + ": "
                + Phrases.cut(String.valueOf(told.get("reason")), 300)
                + ".");
      }
    }
  }

  private void written(Trail trail, Map<String, Kept> kept, RowView row) {
    boolean moved = row.is("whorl.FileRename");
    String path = moved ? row.fileTarget() : row.file();
    WrittenPath kind = WrittenPath.of(path);
    if (!kind.persists() || !FilesWritten.writes(row)) {
      return;
    }
    boolean suspect = trail.isSuspect(row);
    if (!suspect && !trail.isLoose(row) && kind == WrittenPath.SERVER_PAGE) {
      return;
    }
    Kept one = kept(kept, path, "Wrote a file " + kind.what() + ": " + Phrases.cut(path));
    if (one == null) {
      return;
    }
    one.draft
        .severity(suspect ? Severity.CRITICAL : trail.isLoose(row) ? Severity.HIGH : Severity.LOW)
        .techniques(kind.techniques())
        .subject(Subject.Kind.FILE, path)
        .subject(trail.request(row))
        .step(row, Tactic.PERSISTENCE, "wrote " + Phrases.cut(path) + ", a file " + kind.what());
    if (one.sentences.isEmpty()) {
      one.sentences.add(
          "At "
              + Phrases.at(row.time())
              + " "
              + trail.during(row)
              + " wrote "
              + Phrases.cut(path)
              + ", a file "
              + kind.what()
              + ". It outlives the JVM where its folder does.");
    }
  }

  private @Nullable Kept kept(Map<String, Kept> kept, String key, String title) {
    Kept known = kept.get(key);
    if (known == null && kept.size() < KEYS_MAX) {
      known = new Kept(this, title);
      kept.put(key, known);
    }
    return known;
  }
}
