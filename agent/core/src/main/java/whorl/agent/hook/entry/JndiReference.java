package whorl.agent.hook.entry;

import java.util.function.Function;
import java.util.stream.Stream;
import javax.naming.CompositeName;
import javax.naming.CompoundName;
import javax.naming.NamingException;
import javax.naming.Reference;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.BasicAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What a name service answers instead of an object: what shall make it. A class of its own, loaded
 * at the first lookup only, since an image may lack {@code java.naming}.
 *
 * @param codebase where the factory's class is said to be
 */
record JndiReference(
    @Nullable String className, @Nullable String factory, @Nullable String codebase) {
  private static final int MAX_FRAMES = 12;
  private static final StackWalker WALKER = StackWalker.getInstance();
  private static final Function<Stream<StackWalker.StackFrame>, Boolean> INSIDE =
      frames ->
          frames
              .limit(MAX_FRAMES)
              .anyMatch(frame -> frame.getClassName().equals("javax.naming.InitialContext"));

  /** Null when it is none. */
  static @Nullable JndiReference of(Object answer) {
    return answer instanceof Reference reference
        ? new JndiReference(
            reference.getClassName(),
            reference.getFactoryClassName(),
            reference.getFactoryClassLocation())
        : null;
  }

  /** Of a directory's entry that holds a Java object (RFC 2713). */
  static @Nullable JndiReference ofEntry(Object entry) {
    if (entry.getClass() != BasicAttributes.class) {
      return null;
    }
    Attributes attributes = (Attributes) entry;
    return new JndiReference(
        text(attributes.get("javaClassName")),
        text(attributes.get("javaFactory")),
        text(attributes.get("javaCodebase")));
  }

  /** A name as text; null for kinds of names that are the application's own. */
  static @Nullable String name(Object name) {
    return name instanceof String text
        ? text
        : name instanceof CompositeName
                || name instanceof CompoundName
                || name.getClass().getName().equals("javax.naming.ldap.LdapName")
            ? name.toString()
            : null;
  }

  /** What the JDK's own exception says. */
  static String failure(Throwable thrown) {
    String type = thrown.getClass().getName();
    return thrown.getClass().getClassLoader() == null && thrown.getMessage() != null
        ? type + ": " + thrown.getMessage()
        : type;
  }

  /** Whether an initial context is at work, which has told of the name already. */
  static boolean insideInitialContext() {
    return WALKER.walk(INSIDE);
  }

  private static @Nullable String text(@Nullable Attribute attribute) {
    try {
      return attribute == null || attribute.size() == 0 ? null : String.valueOf(attribute.get());
    } catch (NamingException unreadable) {
      return null;
    }
  }
}
