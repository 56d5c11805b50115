package whorl.agent.event.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Unsigned;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** JFR event types for classes, libraries, scripts and agents. Public because JFR requires it. */
public final class CodeEvents {
  private CodeEvents() {}

  /** Adds the types of this file. */
  static void addTo(JfrTypes types) {
    types.add(EventType.CLASS_LOAD, new ClassLoad());
    types.add(EventType.CLASS_DEFINE, new ClassDefine());
    types.add(EventType.LIBRARY_LOAD, new LibraryLoad());
    types.add(EventType.NATIVE_SYMBOL, new NativeSymbol());
    types.add(EventType.SCRIPT_EVAL, new ScriptEval());
    types.add(EventType.REGISTRATION, new Registration());
    types.add(EventType.AGENT_LOAD, new AgentLoad());
  }

  @Name("whorl.ClassLoad")
  @Label("Class Load")
  @Category({"Whorl", "Code"})
  @Description("A class was loaded")
  @StackTrace
  public static final class ClassLoad extends RequestEvent {
    @Label("Class")
    @Description("The class, by its Java name")
    @Nullable String className;

    @Label("Class Loader")
    @Description("The class loader and its identity")
    @Nullable String loader;

    @Label("Code Source")
    @Description("The jar or folder it came from; none where it was made")
    @Nullable String codeSource;

    @Override
    void commit(AgentEvent event) {
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
  @Category({"Whorl", "Code"})
  @Description("A class was made at run time")
  @StackTrace
  public static final class ClassDefine extends RequestEvent {
    @Label("Class")
    @Description("The class, by its Java name")
    @Nullable String className;

    @Label("Class Loader")
    @Description("The class loader and its identity")
    @Nullable String loader;

    @Label("Origin")
    @Description(
        "How it was made: loader, reflection, lookup, hidden, unsafe, proxy or agent; forged-source:"
            + " the place that it names does not have it; altered: with other bytes")
    @Nullable String origin;

    @DataAmount
    @Label("Size")
    @Description("Bytes of its class file")
    long size;

    @Label("SHA-256")
    @Description("The digest of its class file; kept ones are artifacts of this name")
    @Nullable String sha256;

    @Label("Hidden")
    @Description("A hidden class, which no name leads to")
    boolean hidden;

    @Label("Generator")
    @Description("The known library that made it")
    @Nullable String generator;

    @Override
    void commit(AgentEvent event) {
      ClassDefine jfr = new ClassDefine();
      if (jfr.isEnabled()) {
        jfr.className = Values.text(event, 0);
        jfr.loader = Values.text(event, 1);
        jfr.origin = Values.text(event, 2);
        jfr.size = Values.number(event, 3);
        jfr.sha256 = Values.text(event, 4);
        jfr.hidden = Values.flag(event, 5);
        jfr.generator = Values.text(event, 6);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.LibraryLoad")
  @Label("Library Load")
  @Category({"Whorl", "Code"})
  @Description("A native library was loaded")
  @StackTrace
  public static final class LibraryLoad extends RequestEvent {
    @Label("Path")
    @Description("The library, as a path or by its name")
    @Nullable String path;

    @Override
    void commit(AgentEvent event) {
      LibraryLoad jfr = new LibraryLoad();
      if (jfr.isEnabled()) {
        jfr.path = Values.text(event, 0);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.NativeSymbol")
  @Label("Native Symbol")
  @Category({"Whorl", "Code"})
  @Description("A function of a native library was looked up to be called")
  @StackTrace
  public static final class NativeSymbol extends RequestEvent {
    @Label("Symbol")
    @Description("The function's name")
    @Nullable String symbol;

    @Override
    void commit(AgentEvent event) {
      NativeSymbol jfr = new NativeSymbol();
      if (jfr.isEnabled()) {
        jfr.symbol = Values.text(event, 0);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.ScriptEval")
  @Label("Script Evaluation")
  @Category({"Whorl", "Ways In"})
  @Description("A script or expression was evaluated")
  @StackTrace
  public static final class ScriptEval extends RequestEvent {
    @Label("Engine")
    @Description("The engine or expression language")
    @Nullable String engine;

    @Label("Source")
    @Description("What was evaluated")
    @Nullable String source;

    @Unsigned
    @Label("Repeated Before")
    @Description("How often the same was evaluated before this without an event")
    long repeated;

    @Override
    void commit(AgentEvent event) {
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
  @Category({"Whorl", "Code"})
  @Description("A component was registered with a server")
  @StackTrace
  public static final class Registration extends RequestEvent {
    @Label("Kind")
    @Description("What was registered, such as a filter, servlet or valve")
    @Nullable String kind;

    @Label("Class")
    @Description("The class of the component")
    @Nullable String className;

    @Label("Target")
    @Description("Where it applies, such as a URL pattern")
    @Nullable String target;

    @Override
    void commit(AgentEvent event) {
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
  @Category({"Whorl", "Code"})
  @Description("A Java agent was loaded")
  @StackTrace
  public static final class AgentLoad extends RequestEvent {
    @Label("Agent")
    @Description("The jar or library of the agent; empty for an agent on the command line")
    @Nullable String jar;

    @Label("Options")
    @Description("What the agent was given")
    @Nullable String options;

    @Label("Class")
    @Description("The class whose agentmain or premain is called")
    @Nullable String className;

    @Override
    void commit(AgentEvent event) {
      AgentLoad jfr = new AgentLoad();
      if (jfr.isEnabled()) {
        jfr.jar = Values.text(event, 0);
        jfr.options = Values.text(event, 1);
        jfr.className = Values.text(event, 2);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}
