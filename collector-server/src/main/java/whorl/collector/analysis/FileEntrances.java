package whorl.collector.analysis;

import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Column;

/** Tells which files that a request opened are a way in. */
final class FileEntrances {
  private FileEntrances() {}

  static @Nullable Entrance of(Sight sight) {
    Seen row = sight.row();
    if (row.request() == null) {
      return null;
    }
    return "read".equals(row.field("access")) ? read(sight) : written(sight);
  }

  private static @Nullable Entrance written(Sight sight) {
    Seen row = sight.row();
    if (row.flag("failed")) {
      return null;
    }
    String path = row.file();
    WrittenPath written = WrittenPath.of(path);
    String what = "write " + Phrases.cut(path);
    boolean runs = written == WrittenPath.SERVER_PAGE || written.persists();
    if (goesRound(row) && (runs || climbs(sight))) {
      Severity severity = written == WrittenPath.OTHER ? Severity.MEDIUM : Severity.HIGH;
      return new Entrance(Entrance.Kind.FILE_VIEW, row, severity, what);
    }
    return runs ? new Entrance(Entrance.Kind.UPLOAD, row, Severity.HIGH, what) : null;
  }

  /**
   * Whether the path climbs out of a folder that it began in, by a name of the request or archive.
   */
  private static boolean goesRound(Seen row) {
    return row.textOr(Column.FILE_PATH, "path").contains("/../");
  }

  /** Whether the request's own text climbs; true where the request is not known yet. */
  private static boolean climbs(Sight sight) {
    Request request = sight.request();
    return request == null || RequestText.of(request).climbs();
  }

  private static @Nullable Entrance read(Sight sight) {
    Seen row = sight.row();
    String path = row.file();
    SensitivePath sensitive = SensitivePath.of(path);
    if (sensitive == null || OwnWork.jdkReads(sight.frames(), sight.foreign())) {
      return null;
    }
    boolean failed = row.flag("failed");
    String what = (failed ? "try to open " : "open ") + Phrases.cut(path);
    if (isNamed(sight, path)) {
      return new Entrance(
          sight.frames().has("sun.net.www.protocol.file.")
              ? Entrance.Kind.SERVER_SIDE_REQUEST
              : Entrance.Kind.FILE_VIEW,
          row,
          failed ? Severity.MEDIUM : Severity.HIGH,
          what);
    }
    return OwnWork.serverReads(sight.frames(), sight.foreign())
        ? null
        : new Entrance(
            Entrance.Kind.FILE_READ,
            row,
            !failed && sensitive.neverInGoodFaith() ? Severity.HIGH : Severity.MEDIUM,
            what);
  }

  /** Whether the request's own text names the file, or climbs out of a folder. */
  private static boolean isNamed(Sight sight, String path) {
    Request request = sight.request();
    if (request == null) {
      return false;
    }
    RequestText text = RequestText.of(request);
    String real = sight.row().field("realPath");
    return text.climbs() || text.names(path) || (real != null && text.names(real));
  }
}
