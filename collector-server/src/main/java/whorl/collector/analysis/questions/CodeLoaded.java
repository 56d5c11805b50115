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
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.ClassRows;
import whorl.collector.analysis.trail.CodeArrivals;
import whorl.collector.analysis.trail.EntryPoints;
import whorl.collector.analysis.trail.Trail;
import whorl.collector.detect.PackRule;
import whorl.collector.timeline.Column;

/** Reports code in the JVM that is in none of its jars. */
public final class CodeLoaded implements Analysis {
  private static final int CLASSES_MAX = 1_000;
  private static final int FINDINGS_MAX = 40;

  @Override
  public String name() {
    return "code-loaded";
  }

  /** One class, with the rows of its definition and of the capture's inspection. */
  private static final class LoadedClass {
    final FindingBuilder builder;
    final List<String> sentences = new ArrayList<>();
    boolean low = true;
    boolean defined;

    LoadedClass(Analysis analysis) {
      this.builder = new FindingBuilder(analysis.name());
    }
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    Map<String, LoadedClass> classes = new LinkedHashMap<>();
    List<ReportedFinding> others = new ArrayList<>();
    FindingBuilder libraries = new FindingBuilder(name());
    List<String> paths = new ArrayList<>();
    rowDispatcher.subscribe(
        List.of(
            "whorl.ClassDefine",
            "whorl.ClassLoad",
            "whorl.LoaderCreate",
            "whorl.LibraryLoad",
            "class.found"),
        row -> {
          switch (row.action()) {
            case "whorl.ClassDefine" -> addDefinition(context.trail(), classes, row);
            case "class.found" -> addInspection(context.trail(), classes, row);
            case "whorl.ClassLoad" -> addDownload(context.trail(), classes, row);
            case "whorl.LoaderCreate" -> {
              ReportedFinding loader = loaderResult(context.trail(), row);
              if (loader != null && others.size() < FINDINGS_MAX) {
                others.add(loader);
              }
            }
            default -> addLibrary(context.trail(), libraries, paths, row);
          }
        });
    return () -> {
      List<ReportedFinding> results = new ArrayList<>();
      FindingBuilder ordinary = new FindingBuilder(name()).severity(Severity.LOW);
      List<String> ordinaryNames = new ArrayList<>();
      classes.forEach(
          (name, loadedClass) -> {
            if (loadedClass.low) {
              ordinaryNames.add(Phrases.cut(name));
            } else if (results.size() < FINDINGS_MAX) {
              results.add(
                  loadedClass.builder.build(
                      name,
                      loadedClass.defined
                          ? "Defined the class " + Phrases.cut(name) + " at run time"
                          : "Changed the class " + Phrases.cut(name),
                      String.join(" ", loadedClass.sentences)));
            }
          });
      results.addAll(others);
      if (!libraries.isEmpty()) {
        results.add(
            libraries.build(
                "libraries",
                "Loaded native code from a writable folder",
                "From "
                    + Phrases.at(libraries.time())
                    + " on native libraries were loaded from folders that anyone may write to: "
                    + Phrases.list(paths)
                    + "."));
      }
      if (!ordinaryNames.isEmpty()) {
        for (String name : ordinaryNames) {
          ordinary.subject(Subject.Kind.CLASS, name);
        }
        results.add(
            ordinary.build(
                "ordinary",
                "Classes made at run time by code that Whorl does not know",
                Phrases.count(ordinaryNames.size(), "class")
                    + (ordinaryNames.size() == 1 ? " was" : " were")
                    + " defined at run time outside any suspect request, and not by a known generator: "
                    + Phrases.list(ordinaryNames)
                    + ". Libraries that generate classes look like this, too."));
      }
      return results;
    };
  }

  private void addDefinition(Trail trail, Map<String, LoadedClass> classes, RowView row) {
    if (!EntryPoints.isUnexplainedClass(row) || trail.ownWork().contains(row.id())) {
      return;
    }
    LoadedClass loadedClass = loadedClass(classes, row);
    if (loadedClass == null) {
      return;
    }
    String name = Phrases.cut(row.textOr(Column.CLASS_NAME, "className"));
    String sha256 = ClassRows.sha256(row);
    loadedClass.defined = true;
    FindingBuilder builder = loadedClass.builder.technique(Technique.REFLECTIVE_LOADING);
    builder.subject(Subject.Kind.HASH, sha256).subject(trail.request(row));
    boolean suspect = trail.isSuspect(row);
    Severity severity =
        suspect ? Severity.CRITICAL : trail.mayBeIntruders(row) ? Severity.MEDIUM : Severity.LOW;
    builder.severity(severity);
    if (severity.atLeast(Severity.MEDIUM)) {
      loadedClass.low = false;
      builder.step(row, Tactic.DEFENSE_EVASION, "defined the class " + name);
    } else {
      builder.row(row);
    }
    if (loadedClass.sentences.size() < 5) {
      loadedClass.sentences.add(
          "At "
              + Phrases.at(row.time())
              + " "
              + trail.actor(row)
              + " defined the class "
              + name
              + " from bytes that are in no jar ("
              + origin(row.textOr(Column.CLASS_ORIGIN, "origin"))
              + (sha256 == null ? "" : ", SHA-256 " + sha256)
              + "), and no known generator made it.");
    }
  }

  private void addInspection(Trail trail, Map<String, LoadedClass> classes, RowView row) {
    for (Map<?, ?> finding : row.fieldObjects("findings")) {
      Severity severity = ClassRows.severity(finding.get("severity"));
      boolean changed = "changed-class".equals(finding.get("kind"));
      if (severity == null
          || Persistence.isRegistration(finding)
          || (!changed && ClassRows.isGenerated(row, trail.codeArrivals().names()))) {
        continue;
      }
      LoadedClass loadedClass = loadedClass(classes, row);
      if (loadedClass == null) {
        return;
      }
      String name = Phrases.cut(row.textOr(Column.CLASS_NAME, "name"));
      loadedClass.low &= !severity.atLeast(Severity.MEDIUM);
      loadedClass
          .builder
          .severity(severity)
          .row(row)
          .subject(Subject.Kind.HASH, ClassRows.sha256(row));
      if (changed) {
        loadedClass.builder.technique(Technique.PROCESS_INJECTION);
      } else {
        loadedClass.defined = true;
        loadedClass.builder.technique(Technique.REFLECTIVE_LOADING);
      }
      if (loadedClass.sentences.size() < 5) {
        loadedClass.sentences.add(
            "When the evidence was taken, "
                + name
                + " was in the JVM, and the agent reported: "
                + Phrases.cut(String.valueOf(finding.get("reason")), 300)
                + ".");
      }
    }
  }

  private void addDownload(Trail trail, Map<String, LoadedClass> classes, RowView row) {
    String source = row.field("codeSource");
    if (source == null || !CodeArrivals.isFromNetwork(row)) {
      return;
    }
    LoadedClass loadedClass = loadedClass(classes, row);
    if (loadedClass == null) {
      return;
    }
    String name = Phrases.cut(row.textOr(Column.CLASS_NAME, "className"));
    loadedClass.low = false;
    loadedClass.defined = true;
    loadedClass
        .builder
        .severity(trail.exists() ? Severity.CRITICAL : Severity.HIGH)
        .technique(Technique.TOOL_TRANSFER)
        .subject(trail.request(row))
        .step(row, Tactic.EXECUTION, "loaded " + name + " from " + Phrases.cut(source));
    if (loadedClass.sentences.size() < 10) { // more than the others, which come before it perhaps
      loadedClass.sentences.add(
          "At "
              + Phrases.at(row.time())
              + " "
              + trail.actor(row)
              + " loaded "
              + name
              + " over the network, from "
              + Phrases.cut(source)
              + ".");
    }
  }

  private @Nullable ReportedFinding loaderResult(Trail trail, RowView row) {
    String address = EntryPoints.remoteAddress(row);
    if (address == null) {
      return null;
    }
    boolean suspect = trail.isSuspect(row) || trail.mayBeIntruders(row);
    return new FindingBuilder(name())
        .severity(suspect ? Severity.HIGH : Severity.LOW)
        .technique(Technique.TOOL_TRANSFER, Technique.REFLECTIVE_LOADING)
        .subject(Subject.Kind.HOST, address)
        .subject(trail.request(row))
        .row(row)
        .build(
            row.id(),
            "Created a class loader for " + Phrases.cut(address),
            "At "
                + Phrases.at(row.time())
                + " "
                + trail.actor(row)
                + " created a class loader that loads classes from "
                + Phrases.cut(address)
                + ".");
  }

  private static void addLibrary(
      Trail trail, FindingBuilder libraries, List<String> paths, RowView row) {
    String path = row.file();
    if (!row.rules().by(PackRule.LIBRARY_FROM_WRITABLE_FOLDER)) {
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

  private @Nullable LoadedClass loadedClass(Map<String, LoadedClass> classes, RowView row) {
    String className = row.textOr(Column.CLASS_NAME, "className");
    String name = className.isEmpty() ? row.textOr(Column.CLASS_NAME, "name") : className;
    LoadedClass known = classes.get(name);
    if (known != null) {
      return known;
    }
    if (classes.size() >= CLASSES_MAX) {
      return null;
    }
    LoadedClass created = new LoadedClass(this);
    created.builder.subject(Subject.Kind.CLASS, name);
    classes.put(name, created);
    return created;
  }

  private static String origin(String word) {
    return switch (word) {
      case "loader" -> "by a class loader";
      case "lookup" -> "through a Lookup of an existing class";
      case "hidden" -> "as a hidden class";
      case "reflection" -> "by reflection into a class loader";
      case "unsafe" -> "through Unsafe, past every class loader";
      case "forged-source" -> "with a forged code source";
      default -> "by " + Phrases.cut(word, 40);
    };
  }
}
