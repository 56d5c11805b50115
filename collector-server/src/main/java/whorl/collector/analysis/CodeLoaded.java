package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Column;

/** Which code came into the JVM that is in none of its jars. */
final class CodeLoaded implements Analysis {
  private static final int CLASSES_MAX = 1_000;
  private static final int FINDINGS_MAX = 40;
  private static final Pattern REMOTE =
      Pattern.compile("^(jar:)?(https?|ftp):", Pattern.CASE_INSENSITIVE);

  @Override
  public String name() {
    return "code-loaded";
  }

  /** One class, as its making and the capture's look at it tell. */
  private static final class Brought {
    final FindingBuilder draft;
    final List<String> sentences = new ArrayList<>();
    boolean lowly = true;

    Brought(Analysis analysis) {
      this.draft = new FindingBuilder(analysis);
    }
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
    Map<String, Brought> classes = new LinkedHashMap<>();
    List<Found> others = new ArrayList<>();
    FindingBuilder libraries = new FindingBuilder(this);
    List<String> paths = new ArrayList<>();
    rowDispatcher.each(
        List.of(
            "whorl.ClassDefine",
            "whorl.ClassLoad",
            "whorl.LoaderCreate",
            "whorl.LibraryLoad",
            "class.found"),
        row -> {
          switch (row.action()) {
            case "whorl.ClassDefine" -> defined(context.trail(), classes, row);
            case "class.found" -> inspected(context.trail(), classes, row);
            case "whorl.ClassLoad" -> fromNetwork(context.trail(), classes, row);
            case "whorl.LoaderCreate" -> {
              Found found = loader(context.trail(), row);
              if (found != null && others.size() < FINDINGS_MAX) {
                others.add(found);
              }
            }
            default -> library(context.trail(), libraries, paths, row);
          }
        });
    return () -> {
      List<Found> found = new ArrayList<>();
      FindingBuilder ordinary = new FindingBuilder(this).severity(Severity.LOW);
      List<String> ordinaryNames = new ArrayList<>();
      classes.forEach(
          (name, brought) -> {
            if (brought.lowly) {
              ordinaryNames.add(Phrases.cut(name));
            } else if (found.size() < FINDINGS_MAX) {
              found.add(
                  brought.draft.found(
                      name,
                      "Brought in the class " + Phrases.cut(name),
                      String.join(" ", brought.sentences)));
            }
          });
      found.addAll(others);
      if (!libraries.isEmpty()) {
        found.add(
            libraries.found(
                "libraries",
                "Loaded native code from a writable folder",
                "From "
                    + Phrases.at(libraries.time())
                    + " on native libraries were loaded from folders in which anybody may write: "
                    + Phrases.list(paths)
                    + "."));
      }
      if (!ordinaryNames.isEmpty()) {
        for (String name : ordinaryNames) {
          ordinary.subject(Subject.Kind.CLASS, name);
        }
        found.add(
            ordinary.found(
                "ordinary",
                "Classes made at run time by code that Whorl does not know",
                Phrases.count(ordinaryNames.size(), "class")
                    + " came into being outside any suspect request, made by code that is not known for it: "
                    + Phrases.list(ordinaryNames)
                    + ". Libraries that make classes look like this, too."));
      }
      return found;
    };
  }

  private void defined(Trail trail, Map<String, Brought> classes, RowView row) {
    if (!EntryPoints.isUnexplainedClass(row) || trail.ownWork().contains(row.id())) {
      return;
    }
    Brought brought = brought(classes, row);
    if (brought == null) {
      return;
    }
    String name = Phrases.cut(row.textOr(Column.CLASS_NAME, "className"));
    String sha256 = sha256(row);
    FindingBuilder draft = brought.draft.technique(Technique.REFLECTIVE_LOADING);
    draft.subject(Subject.Kind.HASH, sha256).subject(trail.request(row));
    boolean suspect = trail.isSuspect(row);
    Severity severity =
        suspect ? Severity.CRITICAL : trail.isLoose(row) ? Severity.MEDIUM : Severity.LOW;
    draft.severity(severity);
    if (severity.atLeast(Severity.MEDIUM)) {
      brought.lowly = false;
      draft.step(row, Tactic.DEFENSE_EVASION, "defined the class " + name);
    } else {
      draft.row(row);
    }
    if (brought.sentences.size() < 5) {
      brought.sentences.add(
          "At "
              + Phrases.at(row.time())
              + " "
              + trail.during(row)
              + " defined the class "
              + name
              + " from bytes that are in no jar ("
              + origin(row.textOr(Column.CLASS_ORIGIN, "origin"))
              + (sha256 == null ? "" : ", SHA-256 " + sha256)
              + "), and no library known for making classes did it.");
    }
  }

  private void inspected(Trail trail, Map<String, Brought> classes, RowView row) {
    for (Map<?, ?> told : row.fieldObjects("findings")) {
      Severity severity = severity(told.get("severity"));
      boolean changed = "changed-class".equals(told.get("kind"));
      if (severity == null
          || Persistence.isRegistration(told)
          || (!changed && isGenerated(row, trail.comings().names()))) {
        continue;
      }
      Brought brought = brought(classes, row);
      if (brought == null) {
        return;
      }
      String name = Phrases.cut(row.textOr(Column.CLASS_NAME, "name"));
      brought.lowly &= !severity.atLeast(Severity.MEDIUM);
      brought.draft.severity(severity).row(row).subject(Subject.Kind.HASH, sha256(row));
      if (changed) {
        brought.draft.technique(Technique.PROCESS_INJECTION);
      } else {
        brought.draft.technique(Technique.REFLECTIVE_LOADING);
      }
      if (brought.sentences.size() < 5) {
        brought.sentences.add(
            "When the evidence was taken, "
                + name
                + " was in the JVM, and of it was told: "
                + Phrases.cut(String.valueOf(told.get("reason")), 300)
                + ".");
      }
    }
  }

  private void fromNetwork(Trail trail, Map<String, Brought> classes, RowView row) {
    String source = row.field("codeSource");
    if (source == null || !REMOTE.matcher(source).find()) {
      return;
    }
    Brought brought = brought(classes, row);
    if (brought == null) {
      return;
    }
    String name = Phrases.cut(row.textOr(Column.CLASS_NAME, "className"));
    brought.lowly = false;
    brought
        .draft
        .severity(trail.found() ? Severity.CRITICAL : Severity.HIGH)
        .technique(Technique.TOOL_TRANSFER)
        .subject(trail.request(row))
        .step(row, Tactic.EXECUTION, "loaded " + name + " from " + Phrases.cut(source));
    brought.sentences.add(
        "At "
            + Phrases.at(row.time())
            + " "
            + trail.during(row)
            + " loaded "
            + name
            + " over the network, from "
            + Phrases.cut(source)
            + ".");
  }

  private @Nullable Found loader(Trail trail, RowView row) {
    for (String url : row.fieldList("urls")) {
      if (REMOTE.matcher(url).find()) {
        boolean suspect = trail.isSuspect(row) || trail.isLoose(row);
        return new FindingBuilder(this)
            .severity(suspect ? Severity.HIGH : Severity.LOW)
            .technique(Technique.TOOL_TRANSFER, Technique.REFLECTIVE_LOADING)
            .subject(Subject.Kind.HOST, url)
            .subject(trail.request(row))
            .row(row)
            .found(
                row.id(),
                "Made a class loader for " + Phrases.cut(url),
                "At "
                    + Phrases.at(row.time())
                    + " "
                    + trail.during(row)
                    + " made a class loader that takes its classes from "
                    + Phrases.cut(url)
                    + ".");
      }
    }
    return null;
  }

  private static void library(
      Trail trail, FindingBuilder libraries, List<String> paths, RowView row) {
    String path = row.file();
    if (!WrittenPath.inWritableFolder(path)) {
      return;
    }
    boolean suspect = trail.isSuspect(row);
    libraries.severity(suspect ? Severity.CRITICAL : Severity.LOW);
    libraries.technique(Technique.SHARED_MODULES).subject(Subject.Kind.FILE, path);
    libraries.subject(trail.request(row));
    if (paths.size() < CLASSES_MAX) {
      paths.add(Phrases.cut(path));
    }
    if (suspect) {
      libraries.step(row, Tactic.EXECUTION, "loaded native code from " + Phrases.cut(path));
    } else {
      libraries.row(row);
    }
  }

  private @Nullable Brought brought(Map<String, Brought> classes, RowView row) {
    String named = row.textOr(Column.CLASS_NAME, "className");
    String name = named.isEmpty() ? row.textOr(Column.CLASS_NAME, "name") : named;
    Brought known = classes.get(name);
    if (known != null) {
      return known;
    }
    if (classes.size() >= CLASSES_MAX) {
      return null;
    }
    Brought made = new Brought(this);
    made.draft.subject(Subject.Kind.CLASS, name);
    classes.put(name, made);
    return made;
  }

  /** Whether a library known for it made the class that the capture found, as its stack tells. */
  static boolean isGenerated(RowView found, Set<String> foreign) {
    List<String> stack = found.fieldList("stack");
    return !stack.isEmpty() && OwnWork.generates(Frames.parse(String.join("\n", stack)), foreign);
  }

  static @Nullable String sha256(RowView row) {
    String sha256 = row.textOr(Column.FILE_SHA256, "sha256");
    return sha256.matches("[0-9a-f]{64}") ? sha256 : null;
  }

  /** A severity as agents write it; null for what is none. */
  static @Nullable Severity severity(@Nullable Object word) {
    try {
      return word == null ? null : Severity.of(word.toString());
    } catch (IllegalArgumentException notOne) {
      return null;
    }
  }

  private static String origin(String word) {
    return switch (word) {
      case "loader" -> "by a class loader";
      case "lookup" -> "beside a class that is there already";
      case "hidden" -> "as a hidden class";
      case "reflection" -> "by reflection into a class loader";
      case "unsafe" -> "past every class loader";
      case "forged-source" -> "as if from a place that does not have it";
      default -> "by " + Phrases.cut(word, 40);
    };
  }
}
