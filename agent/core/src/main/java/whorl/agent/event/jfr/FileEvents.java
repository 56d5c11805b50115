package whorl.agent.event.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Unsigned;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** JFR event types for files. Public because JFR requires it. */
public final class FileEvents {
  private FileEvents() {}

  /** Adds the types of this file. */
  static void addTo(JfrTypes types) {
    types.add(EventType.FILE_OPEN, new FileOpen());
    types.add(EventType.FILE_DELETE, new FileDelete());
    types.add(EventType.FILE_RENAME, new FileRename());
    types.add(EventType.FILE_LINK, new FileLink());
    types.add(EventType.FILE_MODE, new FileMode());
    types.add(EventType.FILE_ATTRIBUTE, new FileAttribute());
    types.add(EventType.FILE_PROBE, new FileProbe());
    types.add(EventType.FOLDER_CREATE, new FolderCreate());
  }

  @Name("whorl.FileOpen")
  @Label("File Open")
  @Category({"Whorl", "Files"})
  @Description("A file was opened")
  @StackTrace
  public static final class FileOpen extends RequestEvent {
    @Label("Path")
    @Description("The file, as an absolute path, spelled as the program spelled it")
    @Nullable String path;

    @Label("Access")
    @Description("What it was opened for: read, write, read-write or append")
    @Nullable String access;

    @Label("Created")
    @Description("The open made the file")
    boolean created;

    @Label("Failed")
    @Description("The open was refused, or there was no such file")
    boolean failed;

    @Label("Real Path")
    @Description(
        "The file as the kernel names it, without links and dots; empty where it is the path")
    @Nullable String realPath;

    @Unsigned
    @Label("Repeated Before")
    @Description("How many that equal this came before it without an event")
    long repeated;

    @Override
    void commit(AgentEvent event) {
      FileOpen jfr = new FileOpen();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.access = Values.text(event, 1);
        jfr.created = Values.flag(event, 2);
        jfr.failed = Values.flag(event, 3);
        jfr.realPath = Values.text(event, 4);
        jfr.repeated = Values.number(event, 5);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.FileDelete")
  @Label("File Delete")
  @Category({"Whorl", "Files"})
  @Description("A file or folder was deleted")
  @StackTrace
  public static final class FileDelete extends RequestEvent {
    @Label("Path")
    @Description("The file or folder that went")
    @Nullable String path;

    @Label("Real Path")
    @Description(
        "The file as the kernel names it, without links and dots; empty where it is the path")
    @Nullable String realPath;

    @Override
    void commit(AgentEvent event) {
      FileDelete jfr = new FileDelete();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.realPath = Values.text(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.FileRename")
  @Label("File Rename")
  @Category({"Whorl", "Files"})
  @Description("A file or folder was renamed")
  @StackTrace
  public static final class FileRename extends RequestEvent {
    @Label("Path")
    @Description("Where it was")
    @Nullable String path;

    @Label("New Path")
    @Description("Where it is now")
    @Nullable String target;

    @Label("Real Path")
    @Description(
        "The file as the kernel names it, without links and dots; empty where it is the path")
    @Nullable String realPath;

    @Label("Real Target")
    @Description(
        "The target as the kernel names it, without links and dots; empty where it is the target")
    @Nullable String realTarget;

    @Override
    void commit(AgentEvent event) {
      FileRename jfr = new FileRename();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.target = Values.text(event, 1);
        jfr.realPath = Values.text(event, 2);
        jfr.realTarget = Values.text(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.FileLink")
  @Label("File Link")
  @Category({"Whorl", "Files"})
  @Description("A symbolic or hard link was made")
  @StackTrace
  public static final class FileLink extends RequestEvent {
    @Label("Path")
    @Description("The new name")
    @Nullable String path;

    @Label("Target")
    @Description("What the new name leads to")
    @Nullable String target;

    @Label("Real Path")
    @Description(
        "The file as the kernel names it, without links and dots; empty where it is the path")
    @Nullable String realPath;

    @Label("Real Target")
    @Description(
        "The target as the kernel names it, without links and dots; empty where it is the target")
    @Nullable String realTarget;

    @Override
    void commit(AgentEvent event) {
      FileLink jfr = new FileLink();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.target = Values.text(event, 1);
        jfr.realPath = Values.text(event, 2);
        jfr.realTarget = Values.text(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.FileMode")
  @Label("File Mode")
  @Category({"Whorl", "Files"})
  @Description("Permissions were changed")
  @StackTrace
  public static final class FileMode extends RequestEvent {
    @Label("Path")
    @Description("The file or folder")
    @Nullable String path;

    @Label("Mode")
    @Description("The permissions, in octal, or what was changed, such as +x")
    @Nullable String mode;

    @Label("Real Path")
    @Description(
        "The file as the kernel names it, without links and dots; empty where it is the path")
    @Nullable String realPath;

    @Label("Folder")
    @Description("Whether a folder was made enterable, where programs are dropped; else false")
    boolean folder;

    @Override
    void commit(AgentEvent event) {
      FileMode jfr = new FileMode();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.mode = Values.text(event, 1);
        jfr.realPath = Values.text(event, 2);
        jfr.folder = Values.flag(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.FileAttribute")
  @Label("File Attribute")
  @Category({"Whorl", "Files"})
  @Description("An owner, a time or an extended attribute of a file was changed")
  @StackTrace
  public static final class FileAttribute extends RequestEvent {
    @Label("Path")
    @Description("The file or folder")
    @Nullable String path;

    @Label("Attribute")
    @Description("owner, modified, backdated, delete-on-exit, or xattr: with a name")
    @Nullable String attribute;

    @Label("Value")
    @Description("The new value: uid:gid, milliseconds since 1970, set or removed")
    @Nullable String value;

    @Label("Real Path")
    @Description(
        "The file as the kernel names it, without links and dots; empty where it is the path")
    @Nullable String realPath;

    @Override
    void commit(AgentEvent event) {
      FileAttribute jfr = new FileAttribute();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.attribute = Values.text(event, 1);
        jfr.value = Values.text(event, 2);
        jfr.realPath = Values.text(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.FileProbe")
  @Label("File Probe")
  @Category({"Whorl", "Files"})
  @Description("A request asked whether a file is there, or what it is, without opening it")
  @StackTrace
  public static final class FileProbe extends RequestEvent {
    @Label("Path")
    @Description("The file or folder that was asked for")
    @Nullable String path;

    @Label("Operation")
    @Description("What was asked, such as exists, length or readAttributes")
    @Nullable String operation;

    @Label("Found")
    @Description("There is such a file, or it may be accessed as was asked")
    boolean found;

    @Label("Real Path")
    @Description(
        "The file as the kernel names it, without links and dots; empty where it is the path")
    @Nullable String realPath;

    @Override
    void commit(AgentEvent event) {
      FileProbe jfr = new FileProbe();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.operation = Values.text(event, 1);
        jfr.found = Values.flag(event, 2);
        jfr.realPath = Values.text(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.FolderCreate")
  @Label("Folder Create")
  @Category({"Whorl", "Files"})
  @Description("A folder was made")
  @StackTrace
  public static final class FolderCreate extends RequestEvent {
    @Label("Path")
    @Description("The new folder")
    @Nullable String path;

    @Label("Real Path")
    @Description(
        "The file as the kernel names it, without links and dots; empty where it is the path")
    @Nullable String realPath;

    @Override
    void commit(AgentEvent event) {
      FolderCreate jfr = new FolderCreate();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.realPath = Values.text(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}
