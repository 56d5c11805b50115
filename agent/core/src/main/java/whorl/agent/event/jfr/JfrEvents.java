package whorl.agent.event.jfr;

import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventConsumer;
import whorl.agent.event.SelfTestProgress;
import whorl.agent.redact.Redactor;
import whorl.event.AgentEvent;
import whorl.event.CleanTexts;
import whorl.event.EventType;

/**
 * Writes events into JFR. This class and the event types behind it may be loaded only after
 * FlightRecorder was initialised, and from the thread that initialised it (JDK-8371889).
 */
public final class JfrEvents implements EventConsumer {
  private static final List<Class<? extends Event>> TYPES =
      List.of(
          FileEvents.FileOpen.class,
          FileEvents.FileDelete.class,
          FileEvents.FileRename.class,
          FileEvents.FileLink.class,
          FileEvents.FileMode.class,
          FileEvents.FileAttribute.class,
          FileEvents.FileProbe.class,
          FileEvents.FolderCreate.class,
          NetworkEvents.SocketConnect.class,
          NetworkEvents.SocketAccept.class,
          NetworkEvents.SocketBind.class,
          NetworkEvents.DnsLookup.class,
          NetworkEvents.JndiLookup.class,
          NetworkEvents.HttpRequest.class,
          ProcessEvents.ProcessStart.class,
          ProcessEvents.ProcessExit.class,
          ProcessEvents.Console.class,
          CodeEvents.ClassLoad.class,
          CodeEvents.ClassDefine.class,
          CodeEvents.LibraryLoad.class,
          CodeEvents.NativeSymbol.class,
          CodeEvents.ScriptEval.class,
          CodeEvents.Registration.class,
          CodeEvents.AgentLoad.class,
          EntryEvents.JndiAnswer.class,
          EntryEvents.Deserialization.class,
          EntryEvents.Reflection.class,
          EntryEvents.LoaderCreate.class,
          EntryEvents.XmlEntity.class,
          WatchEvents.Tamper.class,
          WatchEvents.Alert.class);

  private final EventMask mask;
  private final SelfTestProgress selfTests;

  /**
   * Registers all event types, so that a recording's settings apply to them.
   *
   * @param redactor masks secrets in recorded events
   * @param clean remembers texts without a secret
   */
  public JfrEvents(Redactor redactor, CleanTexts clean, SelfTestProgress selfTests) {
    this.mask = new EventMask(redactor, clean);
    this.selfTests = selfTests;
    for (Class<? extends Event> type : TYPES) {
      FlightRecorder.register(type);
    }
    warmUp();
  }

  /** Loads the classes that {@link #accept} needs here, not on the thread of the first event. */
  private void warmUp() {
    EventType type = EventType.JDK_LIBRARY;
    AgentEvent unrecorded =
        AgentEvent.here(type, 0, 0, null, new @Nullable Object[type.fields().size()]);
    accept(unrecorded);
    Values.requestId(unrecorded);
  }

  /**
   * Registers the types that another class has unregistered.
   *
   * @return their names
   */
  public List<String> registerAgain() {
    List<jdk.jfr.EventType> there = FlightRecorder.getFlightRecorder().getEventTypes();
    List<String> missing = new ArrayList<>();
    for (Class<? extends Event> type : TYPES) {
      if (!isAmong(there, type)) {
        FlightRecorder.register(type);
        missing.add(nameOf(type));
      }
    }
    return missing;
  }

  private static boolean isAmong(List<jdk.jfr.EventType> there, Class<? extends Event> type) {
    try {
      return there.contains(jdk.jfr.EventType.getEventType(type));
    } catch (IllegalStateException unregistered) {
      return false;
    }
  }

  private static String nameOf(Class<? extends Event> type) {
    Name name = type.getAnnotation(Name.class);
    return name == null ? type.getName() : name.value();
  }

  private void selfTest(AgentEvent event) {
    // JFR reads the same flag before it writes an event of any type.
    if (new WatchEvents.Tamper().isEnabled() && event.value(0) instanceof Long number) {
      selfTests.reached(SelfTestProgress.Stage.RECORDING, number);
    }
  }

  @Override
  public void accept(AgentEvent raw) {
    AgentEvent event = mask.masked(raw);
    switch (event.type()) {
      case FILE_OPEN -> FileEvents.FileOpen.commit(event);
      case FILE_DELETE -> FileEvents.FileDelete.commit(event);
      case FILE_RENAME -> FileEvents.FileRename.commit(event);
      case FILE_LINK -> FileEvents.FileLink.commit(event);
      case FILE_MODE -> FileEvents.FileMode.commit(event);
      case FILE_ATTRIBUTE -> FileEvents.FileAttribute.commit(event);
      case FILE_PROBE -> FileEvents.FileProbe.commit(event);
      case FOLDER_CREATE -> FileEvents.FolderCreate.commit(event);
      case SOCKET_CONNECT -> NetworkEvents.SocketConnect.commit(event);
      case SOCKET_ACCEPT -> NetworkEvents.SocketAccept.commit(event);
      case SOCKET_BIND -> NetworkEvents.SocketBind.commit(event);
      case DNS_LOOKUP -> NetworkEvents.DnsLookup.commit(event);
      case JNDI_LOOKUP -> NetworkEvents.JndiLookup.commit(event);
      case HTTP_REQUEST -> NetworkEvents.HttpRequest.commit(event);
      case PROCESS_START -> ProcessEvents.ProcessStart.commit(event);
      case PROCESS_EXIT -> ProcessEvents.ProcessExit.commit(event);
      case CONSOLE -> ProcessEvents.Console.commit(event);
      case CLASS_LOAD -> CodeEvents.ClassLoad.commit(event);
      case CLASS_DEFINE -> CodeEvents.ClassDefine.commit(event);
      case LIBRARY_LOAD -> CodeEvents.LibraryLoad.commit(event);
      case NATIVE_SYMBOL -> CodeEvents.NativeSymbol.commit(event);
      case SCRIPT_EVAL -> CodeEvents.ScriptEval.commit(event);
      case REGISTRATION -> CodeEvents.Registration.commit(event);
      case AGENT_LOAD -> CodeEvents.AgentLoad.commit(event);
      case JNDI_ANSWER -> EntryEvents.JndiAnswer.commit(event);
      case DESERIALIZATION -> EntryEvents.Deserialization.commit(event);
      case REFLECTION -> EntryEvents.Reflection.commit(event);
      case LOADER_CREATE -> EntryEvents.LoaderCreate.commit(event);
      case XML_ENTITY -> EntryEvents.XmlEntity.commit(event);
      case TAMPER -> WatchEvents.Tamper.commit(event);
      case ALERT -> WatchEvents.Alert.commit(event);
      case SELF_TEST -> selfTest(event);
      default -> {
        // The recording has the JDK's own events already.
      }
    }
  }
}
