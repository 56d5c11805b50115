package whorl.agent.hook.system;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;

/**
 * Paths in Netty's address of Unix-domain sockets. That class is the application's to subclass, so
 * the field is read, and only of the class itself in the loader of Netty's socket.
 */
final class NettyPaths {
  private static final String ADDRESS = "io.netty.channel.unix.DomainSocketAddress";
  private static final String SOCKET = "io.netty.channel.unix.Socket";
  private static final MethodType GENERIC = MethodType.methodType(Object.class, Object.class);

  private final ClassValue<MethodHandle> paths =
      new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> type) {
          return find(type);
        }
      };

  /** The path, or the class's name where that is not to be had safely. */
  String of(@Nullable Object socket, Object address) {
    Class<?> type = address.getClass();
    if (!type.getName().equals(ADDRESS) || ClassFacts.loader(type) != loader(socket)) {
      return type.getName();
    }
    try {
      Object path = (Object) paths.get(type).invokeExact(address);
      return path instanceof String text ? text : type.getName();
    } catch (Throwable otherShape) {
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

  private static MethodHandle find(Class<?> type) {
    try {
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
          .findGetter(type, "socketAddress", String.class)
          .asType(GENERIC);
    } catch (ReflectiveOperationException | RuntimeException otherShape) {
      return MethodHandles.empty(GENERIC);
    }
  }
}
