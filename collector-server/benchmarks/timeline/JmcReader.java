import java.io.File;
import org.openjdk.jmc.common.IMCStackTrace;
import org.openjdk.jmc.common.item.IAccessorKey;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/** Loads a recording as Mission Control does, and looks at every attribute of every event. */
public final class JmcReader {
  private static int seen;

  private JmcReader() {}

  /** Arguments: the recording. */
  public static void main(String[] arguments) throws Exception {
    IItemCollection events = JfrLoaderToolkit.loadEvents(new File(arguments[0]));
    long rows = 0;
    for (IItemIterable ofType : events) {
      IType<IItem> type = ofType.getType();
      IMemberAccessor<?, IItem>[] accessors = accessors(type);
      for (IItem event : ofType) {
        rows++;
        for (IMemberAccessor<?, IItem> accessor : accessors) {
          look(accessor.getMember(event));
        }
      }
    }
    System.out.println("rows " + rows + " " + seen);
  }

  private static IMemberAccessor<?, IItem>[] accessors(IType<IItem> type) {
    @SuppressWarnings("unchecked")
    IMemberAccessor<?, IItem>[] accessors =
        type.getAccessorKeys().keySet().stream()
            .map(key -> (IMemberAccessor<?, IItem>) type.getAccessor((IAccessorKey<?>) key))
            .toArray(IMemberAccessor[]::new);
    return accessors;
  }

  /** Values are made when they are asked for, so they are asked for, and kept from being left out. */
  private static void look(Object value) {
    if (value instanceof IMCStackTrace stack) {
      seen += stack.getFrames().size();
    } else if (value instanceof String text) {
      seen += text.length();
    } else if (value != null) {
      seen++;
    }
  }
}
