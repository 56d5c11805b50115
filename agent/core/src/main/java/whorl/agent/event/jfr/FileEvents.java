package whorl.agent.event.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;

/** JFR event types of files. Public, as JFR wants its event classes. */
public final class FileEvents {
  private FileEvents() {}

  @Name("whorl.FileOpen")
  @Label("File Open")
  @Category({"Whorl", "Files"})
  @Description("A file was opened")
  @StackTrace
  public static final class FileOpen extends RequestEvent {
    @Label("Path")
    @Description("The file, as an absolute path")
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

    static void commit(AgentEvent event) {
      FileOpen jfr = new FileOpen();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.access = Values.text(event, 1);
        jfr.created = Values.flag(event, 2);
        jfr.failed = Values.flag(event, 3);
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

    static void commit(AgentEvent event) {
      FileDelete jfr = new FileDelete();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
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

    static void commit(AgentEvent event) {
      FileRename jfr = new FileRename();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.target = Values.text(event, 1);
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

    static void commit(AgentEvent event) {
      FileLink jfr = new FileLink();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.target = Values.text(event, 1);
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

    static void commit(AgentEvent event) {
      FileMode jfr = new FileMode();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.mode = Values.text(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}
