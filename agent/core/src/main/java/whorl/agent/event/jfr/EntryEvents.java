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

/** JFR event types for initial access. Public because JFR requires it. */
public final class EntryEvents {
  private EntryEvents() {}

  /** Adds the types of this file. */
  static void addTo(JfrTypes types) {
    types.add(EventType.JNDI_ANSWER, new JndiAnswer());
    types.add(EventType.DESERIALIZATION, new Deserialization());
    types.add(EventType.REFLECTION, new Reflection());
    types.add(EventType.LOADER_CREATE, new LoaderCreate());
    types.add(EventType.XML_ENTITY, new XmlEntity());
  }

  @Name("whorl.JndiAnswer")
  @Label("JNDI Answer")
  @Category({"Whorl", "Ways In"})
  @Description("What a remote JNDI lookup led to")
  @StackTrace
  public static final class JndiAnswer extends RequestEvent {
    @Label("Name")
    @Description("The name that was looked up")
    @Nullable String name;

    @Label("Resolved Class")
    @Description("The class of the answer")
    @Nullable String resolved;

    @Label("Factory")
    @Description("The factory that the answer names")
    @Nullable String factory;

    @Label("Codebase")
    @Description("Where the answer says that classes are to be had")
    @Nullable String codebase;

    @Label("Failure")
    @Description("Why there was no answer")
    @Nullable String failed;

    @Override
    void commit(AgentEvent event) {
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
  @Category({"Whorl", "Ways In"})
  @Description("A Java object stream was read, or brought a class of known attack chains")
  @StackTrace
  public static final class Deserialization extends RequestEvent {
    @Label("Class")
    @Description("The class in the stream")
    @Nullable String type;

    @Label("Filter Status")
    @Description("What came of it: PASSED a filter, REJECTED by one, NOT_FOUND here")
    @Nullable String filterStatus;

    @Label("Gadget")
    @Description("A class that known attack chains are made of")
    boolean gadget;

    @Unsigned
    @Label("Depth")
    @Description("How deep in the object graph, from 1")
    long depth;

    @Override
    void commit(AgentEvent event) {
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
  @Category({"Whorl", "Ways In"})
  @Description("An expression or a stream reached for a dangerous class")
  @StackTrace
  public static final class Reflection extends RequestEvent {
    @Label("Class")
    @Description("The class that was reached for")
    @Nullable String className;

    @Label("Member")
    @Description("Its method or field; * for any")
    @Nullable String member;

    @Label("By")
    @Description("The expression language, engine or stream that reached")
    @Nullable String by;

    @Override
    void commit(AgentEvent event) {
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
  @Category({"Whorl", "Ways In"})
  @Description("A class loader was given a remote address")
  @StackTrace
  public static final class LoaderCreate extends RequestEvent {
    @Label("Class Loader")
    @Description("The class loader and its identity")
    @Nullable String loader;

    @Label("URLs")
    @Description("The remote addresses it loads from")
    @Nullable String urls;

    @Override
    void commit(AgentEvent event) {
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
  @Category({"Whorl", "Ways In"})
  @Description("An XML document or stylesheet reached for something outside")
  @StackTrace
  public static final class XmlEntity extends RequestEvent {
    @Label("System Id")
    @Description("The address that was to be read")
    @Nullable String systemId;

    @Label("Public Id")
    @Description("Its public name, where it has one")
    @Nullable String publicId;

    @Label("Base")
    @Description("The document that refers to it")
    @Nullable String base;

    @Label("Kind")
    @Description("An entity, a document type, an inclusion or a stylesheet")
    @Nullable String kind;

    @Override
    void commit(AgentEvent event) {
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
