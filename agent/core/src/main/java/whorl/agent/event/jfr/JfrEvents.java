package whorl.agent.event.jfr;

import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventConsumer;
import whorl.agent.event.EventType;
import whorl.agent.redact.Redactor;

/**
 * Writes events into JFR. This class and the event types behind it may be loaded only after
 * FlightRecorder was initialised, from the thread that did it (JDK-8371889).
 */
public final class JfrEvents implements EventConsumer {
  private final EventMask mask;

  /**
   * Registers all event types, so that a recording's settings reach them.
   *
   * @param redactor masks the secrets of what is recorded
   */
  public JfrEvents(Redactor redactor) {
    mask = new EventMask(redactor);
    register(FileEvents.FileOpen.class);
    register(FileEvents.FileDelete.class);
    register(FileEvents.FileRename.class);
    register(FileEvents.FileLink.class);
    register(FileEvents.FileMode.class);
    register(FileEvents.FileAttribute.class);
    register(FileEvents.FileProbe.class);
    register(FileEvents.FolderCreate.class);
    register(NetworkEvents.SocketConnect.class);
    register(NetworkEvents.SocketAccept.class);
    register(NetworkEvents.SocketBind.class);
    register(NetworkEvents.DnsLookup.class);
    register(NetworkEvents.JndiLookup.class);
    register(NetworkEvents.HttpRequest.class);
    register(ProcessEvents.ProcessStart.class);
    register(ProcessEvents.ProcessExit.class);
    register(ProcessEvents.Console.class);
    register(CodeEvents.ClassLoad.class);
    register(CodeEvents.ClassDefine.class);
    register(CodeEvents.LibraryLoad.class);
    register(CodeEvents.NativeSymbol.class);
    register(CodeEvents.ScriptEval.class);
    register(CodeEvents.Registration.class);
    register(CodeEvents.AgentLoad.class);
    register(EntryEvents.JndiAnswer.class);
    register(EntryEvents.Deserialization.class);
    register(EntryEvents.Reflection.class);
    register(EntryEvents.LoaderCreate.class);
    register(EntryEvents.XmlEntity.class);
    register(WatchEvents.Tamper.class);
    register(WatchEvents.Alert.class);
    warmUp();
  }

  /** Loads here what {@link #accept} needs, and not on the thread of the first event. */
  private void warmUp() {
    EventType type = EventType.JDK_LIBRARY;
    AgentEvent unrecorded =
        AgentEvent.here(type, 0, 0, null, new @Nullable Object[type.fields().size()]);
    accept(unrecorded);
    Values.requestId(unrecorded);
  }

  private static void register(Class<? extends Event> type) {
    FlightRecorder.register(type);
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
      default -> {
        // The JDK's own events are in the recording already.
      }
    }
  }
}
