package whorl.collector.analysis;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.Frames.Frame;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Column;

/**
 * The classes and server pages that came in while the JVM ran, so that their use can be recognised
 * by the frames of a stack or by the path of a request.
 */
final class CodeArrivals {
  /** The types of row that tell of one. */
  static final List<String> TYPES =
      List.of(
          "whorl.ClassDefine",
          "whorl.ClassLoad",
          "whorl.Registration",
          "class.found",
          "whorl.FileOpen",
          "whorl.FileRename",
          "whorl.FileLink");

  private static final String DEFINED = "defined it from bytes that are in no jar";
  private static final int NAMES_MAX = 2_000;
  private static final int HIDDEN_MAX = 50;
  private static final int NAME_CHARS = 512;
  private static final Pattern REMOTE =
      Pattern.compile("^(jar:)?(https?|ftp|ldaps?|rmi):", Pattern.CASE_INSENSITIVE);

  private final Map<String, CodeArrival> classes = new HashMap<>();
  private final WrittenPages pages = new WrittenPages();

  /** Classes that were registered, told of once all are known that came in. */
  private final List<RowView> registrations = new ArrayList<>();

  private final List<CodeArrival> hidden = new ArrayList<>();

  /** Names under which a class came out of a place on this machine, too. */
  private final Set<String> ordinary = new HashSet<>();

  /** Whether the row may tell of something that came in. */
  static boolean isArrival(RowView row) {
    return switch (row.action()) {
      case "whorl.ClassDefine" -> EntryPoints.isUnexplainedClass(row);
      case "whorl.ClassLoad" -> {
        String source = row.field("codeSource");
        yield source != null && REMOTE.matcher(source).find();
      }
      case "whorl.Registration" -> true;
      case "class.found" -> !row.fieldObjects("findings").isEmpty();
      default -> WrittenPages.path(row) != null;
    };
  }

  /**
   * Takes a row.
   *
   * @param frames of the thread that made the class
   */
  void add(RowView row, Frames frames) {
    switch (row.action()) {
      case "whorl.ClassDefine" -> {
        if (!OwnWork.generates(frames, names())) {
          put(row, DEFINED, row.request() != null, row.time());
        }
      }
      case "whorl.ClassLoad" -> loaded(row);
      case "whorl.Registration" -> registrations.add(row);
      case "class.found" -> found(row);
      default -> pages.add(row, frames);
    }
  }

  /** The names of the classes, which say nothing about whose they are. */
  Set<String> names() {
    return classes.keySet();
  }

  private void loaded(RowView row) {
    put(row, "loaded it from " + Phrases.cut(row.field("codeSource")), true, row.time());
  }

  /** All rows were taken. Others than those that came in are registered as well, by the server. */
  void end() {
    for (RowView row : registrations) {
      CodeArrival known = classes.get(name(row));
      if (known != null) {
        String target = row.field("target");
        String deed =
            "registered it as "
                + Phrases.cut(row.field("kind"), 40)
                + (target == null ? "" : " for " + Phrases.cut(target));
        known.add(new CodeArrival.How(row, row.request(), deed, row.time()), row.request() != null);
      }
    }
  }

  /** What the capture says of a class that it found. */
  private void found(RowView row) {
    boolean grave = false;
    String reason = null;
    for (Map<?, ?> told : row.fieldObjects("findings")) {
      Severity severity = CodeLoaded.severity(told.get("severity"));
      boolean changed = "changed-class".equals(told.get("kind"));
      if (severity != null && !changed) {
        grave |= severity.atLeast(Severity.HIGH);
        reason = Phrases.cut(String.valueOf(told.get("reason")), 200);
      }
    }
    if (reason != null && !CodeLoaded.isGenerated(row, names())) {
      Instant time = definedAt(row);
      put(row, time == null ? "says of it: " + reason : DEFINED, grave, time);
    }
  }

  private static @Nullable Instant definedAt(RowView row) {
    String time = row.field("definedAt");
    if (time == null) {
      return null;
    }
    try {
      Instant.parse(time);
      return row.time();
    } catch (DateTimeParseException noTime) {
      return null;
    }
  }

  private void put(RowView row, String deed, boolean certain, @Nullable Instant time) {
    String name = name(row);
    if (name.isEmpty() || name.length() > NAME_CHARS) {
      return;
    }
    CodeArrival known = classes.get(name);
    if (known == null) {
      if (classes.size() >= NAMES_MAX) {
        return;
      }
      known = new CodeArrival(CodeArrival.Kind.CLASS, name);
      classes.put(name, known);
      if (row.flag("hidden") && hidden.size() < HIDDEN_MAX) {
        hidden.add(known);
      }
    }
    CodeArrival.How how = new CodeArrival.How(row, row.request(), deed, time);
    if (certain && !row.is("whorl.ClassDefine")) {
      known.addGrave(how);
    } else {
      known.add(how, certain);
    }
  }

  /** A class of this name came out of a place on this machine: a frame does not tell which. */
  void ordinary(RowView row) {
    String name = name(row);
    if (classes.containsKey(name)) {
      String source = row.field("codeSource");
      if (source != null && !REMOTE.matcher(source).find()) {
        ordinary.add(name);
      }
    }
  }

  private static String name(RowView row) {
    String named = row.textOr(Column.CLASS_NAME, "className");
    return Frames.plain(named.isEmpty() ? row.textOr(Column.CLASS_NAME, "name") : named);
  }

  /** What came in earlier and did this; null for nothing. */
  @Nullable CodeArrival usedBy(RowView row, Frames frames, @Nullable Request request) {
    CodeArrival doubtful = null;
    for (Frame frame : frames.own(names())) {
      CodeArrival codeArrival = classes.get(frame.type());
      CodeArrival page = codeArrival == null ? pages.of(frame, row) : null;
      if (page != null) {
        return page;
      }
      if (codeArrival != null
          && !ordinary.contains(codeArrival.name())
          && codeArrival.isBefore(row)) {
        if (codeArrival.certain()) {
          return codeArrival;
        }
        doubtful = doubtful == null ? codeArrival : doubtful;
      }
    }
    CodeArrival page = request == null ? null : pages.at(request, row);
    return page == null ? doubtful : page;
  }

  /** A hidden class that came in earlier: its frames are on no stack. Null for none. */
  @Nullable CodeArrival hiddenBefore(RowView row) {
    for (CodeArrival codeArrival : hidden) {
      if (codeArrival.certain() && codeArrival.isBefore(row)) {
        return codeArrival;
      }
    }
    return null;
  }
}
