package whorl.agent.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** JFR event types of the ways in. Public, as JFR wants its event classes. */
public final class EntryEvents {
  private EntryEvents() {}

  @Name("whorl.JndiAnswer")
  @Label("JNDI Answer")
  @Category("Whorl")
  @Description("What a remote JNDI lookup led to")
  @StackTrace
  public static final class JndiAnswer extends RequestEvent {
    @Label("Name")
    @Nullable String name;

    @Label("Resolved Class")
    @Nullable String resolved;

    @Label("Factory")
    @Nullable String factory;

    @Label("Codebase")
    @Nullable String codebase;

    @Label("Failure")
    @Nullable String failed;

    static void commit(AgentEvent event) {
      JndiAnswer jfr = new JndiAnswer();
      if (jfr.isEnabled()) {
        jfr.name = Values.text(event, 0);
        jfr.resolved = Values.text(event, 1);
        jfr.factory = Values.text(event, 2);
        jfr.codebase = Values.text(event, 3);
        jfr.failed = Values.text(event, 4);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.Deserialization")
  @Label("Deserialization")
  @Category("Whorl")
  @Description("A Java object stream was read, or brought a class of known attack chains")
  @StackTrace
  public static final class Deserialization extends RequestEvent {
    @Label("Class")
    @Nullable String type;

    @Label("Filter Status")
    @Nullable String filterStatus;

    @Label("Gadget")
    boolean gadget;

    @Label("Depth")
    long depth;

    static void commit(AgentEvent event) {
      Deserialization jfr = new Deserialization();
      if (jfr.isEnabled()) {
        jfr.type = Values.text(event, 0);
        jfr.filterStatus = Values.text(event, 1);
        jfr.gadget = Values.flag(event, 2);
        jfr.depth = Values.number(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.Reflection")
  @Label("Reflection")
  @Category("Whorl")
  @Description("An expression or a stream reached for a dangerous class")
  @StackTrace
  public static final class Reflection extends RequestEvent {
    @Label("Class")
    @Nullable String className;

    @Label("Member")
    @Nullable String member;

    @Label("By")
    @Nullable String by;

    static void commit(AgentEvent event) {
      Reflection jfr = new Reflection();
      if (jfr.isEnabled()) {
        jfr.className = Values.text(event, 0);
        jfr.member = Values.text(event, 1);
        jfr.by = Values.text(event, 2);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.LoaderCreate")
  @Label("Class Loader Create")
  @Category("Whorl")
  @Description("A class loader was given a remote address")
  @StackTrace
  public static final class LoaderCreate extends RequestEvent {
    @Label("Class Loader")
    @Nullable String loader;

    @Label("URLs")
    @Nullable String urls;

    static void commit(AgentEvent event) {
      LoaderCreate jfr = new LoaderCreate();
      if (jfr.isEnabled()) {
        jfr.loader = Values.text(event, 0);
        jfr.urls = Values.joined(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.XmlEntity")
  @Label("XML Entity")
  @Category("Whorl")
  @Description("An XML document or stylesheet reached for something outside")
  @StackTrace
  public static final class XmlEntity extends RequestEvent {
    @Label("System Id")
    @Nullable String systemId;

    @Label("Public Id")
    @Nullable String publicId;

    @Label("Base")
    @Nullable String base;

    @Label("Kind")
    @Nullable String kind;

    static void commit(AgentEvent event) {
      XmlEntity jfr = new XmlEntity();
      if (jfr.isEnabled()) {
        jfr.systemId = Values.text(event, 0);
        jfr.publicId = Values.text(event, 1);
        jfr.base = Values.text(event, 2);
        jfr.kind = Values.text(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}
