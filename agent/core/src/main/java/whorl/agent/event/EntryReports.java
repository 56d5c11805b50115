package whorl.agent.event;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/**
 * Emits the events of the ways in: JNDI, object streams, reflection, class loaders and XML.
 *
 * <p>A method has one parameter for each field, with the field's name, in the order of {@link
 * EventType#fields}; {@code EventReportsTest} proves it. So a caller cannot swap values of
 * different types. It allocates no more than {@link EventSink#emit} itself.
 */
public final class EntryReports {
  private EntryReports() {}

  public static void jndiLookedUp(EventSink sink, String name) {
    sink.emit(EventType.JNDI_LOOKUP, name);
  }

  /**
   * @param resolved the class of the answer
   * @param failed the failure as text; null if the look-up succeeded
   */
  public static void jndiAnswered(
      EventSink sink,
      @Nullable String name,
      @Nullable String resolved,
      @Nullable String factory,
      @Nullable String codebase,
      @Nullable String failed) {
    sink.emit(EventType.JNDI_ANSWER, name, resolved, factory, codebase, failed);
  }

  public static void deserialized(
      EventSink sink, String type, @Nullable String filterStatus, boolean gadget, long depth) {
    sink.emit(EventType.DESERIALIZATION, type, filterStatus, gadget, depth);
  }

  public static void memberLookedUp(EventSink sink, String className, String member, String by) {
    sink.emit(EventType.REFLECTION, className, member, by);
  }

  public static void loaderCreated(EventSink sink, String loader, List<String> urls) {
    sink.emit(EventType.LOADER_CREATE, loader, urls);
  }

  public static void entityResolved(
      EventSink sink,
      String systemId,
      @Nullable String publicId,
      @Nullable String base,
      String kind) {
    sink.emit(EventType.XML_ENTITY, systemId, publicId, base, kind);
  }
}
