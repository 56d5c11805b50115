package whorl.agent.event;

import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/**
 * Emits the events of files.
 *
 * <p>A method has one parameter for each field, with the field's name, in the order of {@link
 * EventType#fields}; {@code EventReportsTest} proves it. So a caller cannot swap values of
 * different types. It allocates no more than {@link EventSink#emit} itself.
 */
public final class FileReports {
  private FileReports() {}

  /**
   * @param access {@code read}, {@code write}, {@code append} or {@code read-write}
   * @param realPath null if it is unknown
   */
  public static void opened(
      EventSink sink,
      @Nullable String path,
      String access,
      boolean created,
      boolean failed,
      @Nullable String realPath) {
    sink.emit(EventType.FILE_OPEN, path, access, created, failed, realPath);
  }

  public static void deleted(EventSink sink, @Nullable String path, @Nullable String realPath) {
    sink.emit(EventType.FILE_DELETE, path, realPath);
  }

  public static void renamed(
      EventSink sink,
      @Nullable String path,
      @Nullable String target,
      @Nullable String realPath,
      @Nullable String realTarget) {
    sink.emit(EventType.FILE_RENAME, path, target, realPath, realTarget);
  }

  /**
   * @param path the new link
   * @param target what the link names
   */
  public static void linked(
      EventSink sink,
      @Nullable String path,
      @Nullable String target,
      @Nullable String realPath,
      @Nullable String realTarget) {
    sink.emit(EventType.FILE_LINK, path, target, realPath, realTarget);
  }

  /**
   * @param mode octal, or a sign and a letter, such as {@code +x}
   * @param folder null if that was not checked
   */
  public static void modeSet(
      EventSink sink,
      @Nullable String path,
      String mode,
      @Nullable String realPath,
      @Nullable Boolean folder) {
    sink.emit(EventType.FILE_MODE, path, mode, realPath, folder);
  }

  public static void attributeSet(
      EventSink sink,
      @Nullable String path,
      String attribute,
      @Nullable String value,
      @Nullable String realPath) {
    sink.emit(EventType.FILE_ATTRIBUTE, path, attribute, value, realPath);
  }

  public static void probed(
      EventSink sink, String path, String operation, boolean found, @Nullable String realPath) {
    sink.emit(EventType.FILE_PROBE, path, operation, found, realPath);
  }

  public static void folderCreated(
      EventSink sink, @Nullable String path, @Nullable String realPath) {
    sink.emit(EventType.FOLDER_CREATE, path, realPath);
  }
}
