package whorl.agent.registration;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import whorl.agent.hook.registration.LiveRoots;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.thread.LiveThreads;

/**
 * Finds servers that started before the agent, which was loaded late: no hook observed their start.
 * A thread that accepts connections leads to its server. This works for Tomcat, with Spring MVC on
 * it, and for the JDK's own server; those of others cannot be reached in this way. It reads fields,
 * calls no method of theirs, and is used once, on an agent thread.
 */
public final class EarlierServers {
  private static final String TOMCAT_ACCEPTOR = "org.apache.tomcat.util.net.Acceptor";
  private static final String JDK_DISPATCHER = "sun.net.httpserver.ServerImpl$Dispatcher";
  private static final String SPRING_DISPATCHER =
      "org.springframework.web.servlet.DispatcherServlet";
  private static final String SPRING_MAPPING =
      "org.springframework.web.servlet.handler.AbstractHandlerMethodMapping";
  private static final List<String> WEB_SOCKETS =
      List.of("jakarta.websocket.server.ServerContainer", "javax.websocket.server.ServerContainer");

  /** Engine, hosts, contexts, wrappers. */
  private static final int MAX_DEPTH = 4;

  private final LiveRoots roots;
  private final FieldReader fieldReader;
  private final LiveThreads threads;

  /**
   * @param opener opens a package of a named module to this agent, or throws
   */
  public EarlierServers(LiveRoots roots, BiConsumer<Module, String> opener) {
    this.roots = roots;
    this.fieldReader = new FieldReader(opener);
    this.threads = new LiveThreads(opener);
  }

  /**
   * Notes those that are found. While fields are looked up, class loaders of the application load
   * their types, and may throw any error. That costs only what one thread runs; no method of the
   * error is called, because its class may be the application's too.
   */
  public void note() {
    for (Thread thread : threads.list()) {
      try {
        note(thread);
      } catch (RuntimeException | Error unexpected) {
        LoggerFactory.getLogger(EarlierServers.class)
            .warn("a server could not be looked for: {}", unexpected.getClass().getName());
      }
    }
  }

  private void note(Thread thread) {
    Object task = fieldReader.task(thread);
    String type = task == null ? "" : task.getClass().getName();
    if (type.equals(TOMCAT_ACCEPTOR)) {
      connector(fieldReader.at(task, "endpoint", "handler", "proto", "adapter", "connector"));
    } else if (type.equals(JDK_DISPATCHER)) {
      note(Kind.JDK_SERVER, fieldReader.at(task, "this$0"));
    }
  }

  private void connector(@Nullable Object connector) {
    note(Kind.TOMCAT_CONNECTOR, connector);
    Object engine = fieldReader.at(connector, "service", "engine");
    if (engine != null) {
      container(engine, 0);
    }
  }

  private void container(Object container, int depth) {
    Object servlet = fieldReader.at(container, "instance");
    if (servlet != null) {
      dispatcher(servlet);
      return;
    }
    note(Kind.TOMCAT_CONTAINER, container);
    webSockets(container);
    if (depth < MAX_DEPTH) {
      for (Object child : fieldReader.elements(fieldReader.at(container, "children"))) {
        container(child, depth + 1);
      }
    }
  }

  private void webSockets(Object context) {
    for (Map.Entry<?, ?> attribute :
        fieldReader.entries(fieldReader.at(context, "context", "attributes"))) {
      if (attribute.getKey() instanceof String name && WEB_SOCKETS.contains(name)) {
        note(Kind.TOMCAT_WEB_SOCKETS, attribute.getValue());
      }
    }
  }

  private void dispatcher(Object servlet) {
    if (extendsClass(servlet, SPRING_DISPATCHER)) {
      note(Kind.SPRING_DISPATCHER, servlet);
      for (Object mapping : fieldReader.elements(fieldReader.at(servlet, "handlerMappings"))) {
        if (extendsClass(mapping, SPRING_MAPPING)) {
          note(Kind.SPRING_MAPPING, mapping);
        }
      }
    }
  }

  private static boolean extendsClass(Object object, String name) {
    for (Class<?> at = object.getClass(); at != null; at = at.getSuperclass()) {
      if (at.getName().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private void note(Kind kind, @Nullable Object root) {
    if (root != null) {
      roots.note(kind, root);
    }
  }
}
