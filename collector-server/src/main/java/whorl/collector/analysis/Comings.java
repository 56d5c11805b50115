package whorl.collector.analysis;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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
final class Comings {
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
  private static final int SAME_NAME_MAX = 50;
  private static final int NAME_CHARS = 512;
  private static final Pattern REMOTE =
      Pattern.compile("^(jar:)?(https?|ftp|ldaps?|rmi):", Pattern.CASE_INSENSITIVE);
  private static final Pattern ESCAPED = Pattern.compile("_00[0-9a-f]{2}");
  private static final Pattern NO_WORD = Pattern.compile("[^a-z0-9]");

  private final Map<String, Coming> classes = new HashMap<>();
  private final Map<String, Coming> pages = new HashMap<>();

  /** The pages by their names alone, written as classes of pages are. */
  private final Map<String, List<Coming>> pagesByName = new HashMap<>();

  /** Names under which a class came out of a place on this machine, too. */
  private final Set<String> ordinary = new HashSet<>();

  /** Whether the row may tell of something that came in. */
  static boolean isArrival(Seen row) {
    return switch (row.action()) {
      case "whorl.ClassDefine" -> Entrances.isUnexplainedClass(row);
      case "whorl.ClassLoad" -> {
        String source = row.field("codeSource");
        yield source != null && REMOTE.matcher(source).find();
      }
      case "whorl.Registration" -> true;
      case "class.found" -> !row.fieldObjects("findings").isEmpty();
      default -> pagePath(row) != null;
    };
  }

  /**
   * Takes a row.
   *
   * @param frames of the thread that made the class
   */
  void add(Seen row, Frames frames) {
    switch (row.action()) {
      case "whorl.ClassDefine" -> {
        if (!OwnWork.generates(frames, names())) {
          put(row, DEFINED, row.request() != null, row.time());
        }
      }
      case "whorl.ClassLoad" -> loaded(row);
      case "whorl.Registration" -> registered(row);
      case "class.found" -> found(row);
      default -> written(row);
    }
  }

  /** The names of the classes, which say nothing about whose they are. */
  Set<String> names() {
    return classes.keySet();
  }

  private void loaded(Seen row) {
    put(row, "loaded it from " + Phrases.cut(row.field("codeSource")), true, row.time());
  }

  private void registered(Seen row) {
    Coming known = classes.get(name(row));
    if (known == null && row.request() == null) {
      return;
    }
    String target = row.field("target");
    put(
        row,
        "registered it as "
            + Phrases.cut(row.field("kind"), 40)
            + (target == null ? "" : " for " + Phrases.cut(target)),
        row.request() != null,
        row.time());
  }

  /** What the capture says of a class that it found. */
  private void found(Seen row) {
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

  private static @Nullable Instant definedAt(Seen row) {
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

  /** The path of the server page that the row puts there; null for none. */
  private static @Nullable String pagePath(Seen row) {
    String path =
        row.is("whorl.FileRename")
            ? row.textOr(Column.FILE_TARGET, "target")
            : row.textOr(Column.FILE_PATH, "path");
    return WrittenPath.of(path) == WrittenPath.SERVER_PAGE && FilesWritten.writes(row)
        ? path
        : null;
  }

  private void written(Seen row) {
    String written = pagePath(row);
    if (written == null) {
      return;
    }
    Coming known = pages.get(written);
    if (known == null) {
      if (pages.size() >= NAMES_MAX) {
        return;
      }
      known = new Coming(Coming.Kind.PAGE, written);
      pages.put(written, known);
      List<Coming> same =
          pagesByName.computeIfAbsent(
              word(written.substring(written.lastIndexOf('/') + 1)), any -> new ArrayList<>());
      if (same.size() < SAME_NAME_MAX) {
        same.add(known);
      }
    }
    known.add(
        new Coming.How(
            row,
            row.request(),
            row.is("whorl.FileOpen") ? "wrote it" : "put it there",
            row.time()),
        row.request() != null);
  }

  private void put(Seen row, String deed, boolean certain, @Nullable Instant time) {
    String name = name(row);
    if (name.isEmpty() || name.length() > NAME_CHARS) {
      return;
    }
    Coming known = classes.get(name);
    if (known == null) {
      if (classes.size() >= NAMES_MAX) {
        return;
      }
      known = new Coming(Coming.Kind.CLASS, name);
      classes.put(name, known);
    }
    known.add(new Coming.How(row, row.request(), deed, time), certain);
  }

  /** A class of this name came out of a place on this machine: a frame does not tell which. */
  void ordinary(Seen row) {
    String name = name(row);
    if (classes.containsKey(name)) {
      String source = row.field("codeSource");
      if (source != null && !REMOTE.matcher(source).find()) {
        ordinary.add(name);
      }
    }
  }

  private static String name(Seen row) {
    String named = row.textOr(Column.CLASS_NAME, "className");
    return Frames.plain(named.isEmpty() ? row.textOr(Column.CLASS_NAME, "name") : named);
  }

  /** What came in earlier and did this; null for nothing. */
  @Nullable Coming usedBy(Seen row, Frames frames, @Nullable Request request) {
    Coming doubtful = null;
    for (Frame frame : frames.own(names())) {
      Coming coming = classes.get(frame.type());
      Coming page = coming == null ? pageOf(frame, row) : null;
      if (page != null) {
        return page;
      }
      if (coming != null && coming.isBefore(row)) {
        if (coming.certain() && !ordinary.contains(coming.name())) {
          return coming;
        }
        doubtful = doubtful == null ? coming : doubtful;
      }
    }
    Coming page = request == null ? null : pageAt(request, row);
    return page == null ? doubtful : page;
  }

  /** Whether {@link #usedBy} gave it for sure. */
  boolean isCertain(Coming coming) {
    return coming.kind() == Coming.Kind.PAGE
        || (coming.certain() && !ordinary.contains(coming.name()));
  }

  /** The page that this frame is of. */
  private @Nullable Coming pageOf(Frame frame, Seen row) {
    if (!frame.isPage()) {
      return null;
    }
    String simple = frame.type().substring(frame.type().lastIndexOf('.') + 1);
    int inner = simple.indexOf('$');
    List<Coming> same =
        pagesByName.getOrDefault(
            word(inner < 0 ? simple : simple.substring(0, inner)), List.<Coming>of());
    return same.stream().filter(each -> each.isBefore(row)).findFirst().orElse(null);
  }

  /** The page that this request asks for: its path is the end of the page's. */
  private @Nullable Coming pageAt(Request request, Seen row) {
    String path = RequestText.decoded(request.path());
    int parameters = path.indexOf(';');
    path = parameters < 0 ? path : path.substring(0, parameters);
    List<Coming> same =
        pagesByName.getOrDefault(
            word(path.substring(path.lastIndexOf('/') + 1)), List.<Coming>of());
    for (Coming page : same) {
      if (endsWith(page.name(), path) && page.isBefore(row)) {
        return page;
      }
    }
    return null;
  }

  /** The first part of a path may be that of the application, which is no folder. */
  private static boolean endsWith(String file, String path) {
    if (path.length() < 2 || !path.startsWith("/")) {
      return false;
    }
    int second = path.indexOf('/', 1);
    return file.endsWith(path) || (second > 0 && file.endsWith(path.substring(second)));
  }

  /** {@code a-b.jsp}, {@code a_002db_jsp} and {@code _a__jsp} are one. */
  private static String word(String name) {
    String cut = name.length() > NAME_CHARS ? name.substring(0, NAME_CHARS) : name;
    String lower = ESCAPED.matcher(cut.toLowerCase(Locale.ROOT)).replaceAll("");
    return NO_WORD.matcher(lower).replaceAll("");
  }
}
