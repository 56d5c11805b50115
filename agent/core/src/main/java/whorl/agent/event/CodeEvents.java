package whorl.agent.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * JFR event types of classes, libraries, scripts and agents. Public, as JFR wants its event
 * classes.
 */
public final class CodeEvents {
  private CodeEvents() {}

  @Name("whorl.ClassLoad")
  @Label("Class Load")
  @Category("Whorl")
  @Description("A class was loaded")
  @StackTrace
  public static final class ClassLoad extends RequestEvent {
    @Label("Class")
    @Nullable String className;

    @Label("Class Loader")
    @Nullable String loader;

    @Label("Code Source")
    @Nullable String codeSource;

    static void commit(AgentEvent event) {
      ClassLoad jfr = new ClassLoad();
      if (jfr.isEnabled()) {
        jfr.className = Values.text(event, 0);
        jfr.loader = Values.text(event, 1);
        jfr.codeSource = Values.text(event, 2);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.ClassDefine")
  @Label("Class Define")
  @Category("Whorl")
  @Description("A class was made at run time")
  @StackTrace
  public static final class ClassDefine extends RequestEvent {
    @Label("Class")
    @Nullable String className;

    @Label("Class Loader")
    @Nullable String loader;

    @Label("Origin")
    @Nullable String origin;

    @DataAmount
    @Label("Size")
    long size;

    @Label("SHA-256")
    @Nullable String sha256;

    @Label("Hidden")
    boolean hidden;

    static void commit(AgentEvent event) {
      ClassDefine jfr = new ClassDefine();
      if (jfr.isEnabled()) {
        jfr.className = Values.text(event, 0);
        jfr.loader = Values.text(event, 1);
        jfr.origin = Values.text(event, 2);
        jfr.size = Values.number(event, 3);
        jfr.sha256 = Values.text(event, 4);
        jfr.hidden = Values.flag(event, 5);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.LibraryLoad")
  @Label("Library Load")
  @Category("Whorl")
  @Description("A native library was loaded")
  @StackTrace
  public static final class LibraryLoad extends RequestEvent {
    @Label("Path")
    @Nullable String path;

    static void commit(AgentEvent event) {
      LibraryLoad jfr = new LibraryLoad();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.ScriptEval")
  @Label("Script Evaluation")
  @Category("Whorl")
  @Description("A script or expression was evaluated")
  @StackTrace
  public static final class ScriptEval extends RequestEvent {
    @Label("Engine")
    @Nullable String engine;

    @Label("Source")
    @Nullable String source;

    @Label("Repeated Before")
    long repeated;

    static void commit(AgentEvent event) {
      ScriptEval jfr = new ScriptEval();
      if (jfr.isEnabled()) {
        jfr.engine = Values.text(event, 0);
        jfr.source = Values.text(event, 1);
        jfr.repeated = Values.number(event, 2);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.Registration")
  @Label("Registration")
  @Category("Whorl")
  @Description("A component was registered with a server")
  @StackTrace
  public static final class Registration extends RequestEvent {
    @Label("Kind")
    @Nullable String kind;

    @Label("Class")
    @Nullable String className;

    @Label("Target")
    @Nullable String target;

    static void commit(AgentEvent event) {
      Registration jfr = new Registration();
      if (jfr.isEnabled()) {
        jfr.kind = Values.text(event, 0);
        jfr.className = Values.text(event, 1);
        jfr.target = Values.text(event, 2);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.AgentLoad")
  @Label("Agent Load")
  @Category("Whorl")
  @Description("A Java agent was loaded")
  @StackTrace
  public static final class AgentLoad extends RequestEvent {
    @Label("Agent")
    @Nullable String jar;

    @Label("Options")
    @Nullable String options;

    static void commit(AgentEvent event) {
      AgentLoad jfr = new AgentLoad();
      if (jfr.isEnabled()) {
        jfr.jar = Values.text(event, 0);
        jfr.options = Values.text(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}
