package whorl.agent.hook.network;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.PrivateMembers;

/**
 * Paths in Netty's address class of Unix-domain sockets. The application may subclass it, so the
 * field is read, and only if the object is of exactly that class, from the loader of Netty's
 * socket.
 */
final class NettyPaths {
  private static final String ADDRESS = "io.netty.channel.unix.DomainSocketAddress";
  private static final String SOCKET = "io.netty.channel.unix.Socket";
  private static final Object[] NOTHING = {};

  /** Holds the field in an array, which is empty if there is no field. */
  private final ClassValue<Object[]> paths =
      new ClassValue<>() {
        @Override
        protected Object[] computeValue(Class<?> type) {
          Field path = PrivateMembers.field(type, "socketAddress");
          return path == null ? NOTHING : new Object[] {path};
        }
      };

  /** The path, or the class's name if the path cannot be read safely. */
  String of(@Nullable Object socket, Object address) {
    Class<?> type = address.getClass();
    if (!type.getName().equals(ADDRESS) || ClassFacts.loader(type) != loader(socket)) {
      return type.getName();
    }
    try {
      Object[] field = paths.get(type);
      Object path = field.length == 0 ? null : ((Field) field[0]).get(address);
      return path instanceof String text ? text : type.getName();
    } catch (IllegalAccessException | RuntimeException otherShape) {
      return type.getName();
    }
  }

  private static @Nullable ClassLoader loader(@Nullable Object socket) {
    Class<?> type = socket == null ? null : socket.getClass();
    while (type != null && !type.getName().equals(SOCKET)) {
      type = type.getSuperclass();
    }
    return type == null ? null : ClassFacts.loader(type);
  }
}
