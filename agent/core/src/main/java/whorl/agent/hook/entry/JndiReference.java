package whorl.agent.hook.entry;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.naming.CompositeName;
import javax.naming.CompoundName;
import javax.naming.NamingException;
import javax.naming.Reference;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.BasicAttributes;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;

/**
 * A name service's reference: how to create the object, instead of the object. An application may
 * extend the classes of names and references, so methods are called on the JDK's own classes only,
 * and for others fields are read. This is a separate class that is loaded at the first lookup,
 * because an image may lack {@code java.naming}.
 *
 * @param codebase the claimed location of the factory's class
 */
record JndiReference(
    @Nullable String className, @Nullable String factory, @Nullable String codebase) {
  private static final int MAX_FRAMES = 24;
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final Function<Stream<StackWalker.StackFrame>, Boolean> INSIDE = new Inside();
  private static final String REFERENCE = "javax.naming.Reference";
  private static final FieldValue CLASS_NAME = new FieldValue(REFERENCE, "className");
  private static final FieldValue FACTORY = new FieldValue(REFERENCE, "classFactory");
  private static final FieldValue CODEBASE = new FieldValue(REFERENCE, "classFactoryLocation");

  /** Null if the answer is no reference. */
  static @Nullable JndiReference of(Object answer) {
    return answer instanceof Reference
        ? new JndiReference(CLASS_NAME.text(answer), FACTORY.text(answer), CODEBASE.text(answer))
        : null;
  }

  /** The reference in a directory's entry that holds a Java object (RFC 2713). */
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

  /** A name as text; null for name classes of the application. */
  static @Nullable String name(Object name) {
    if (name instanceof String text) {
      return text;
    }
    Class<?> type = name.getClass();
    if (type == CompositeName.class) {
      // Its toString would add quotes.
      CompositeName parts = (CompositeName) name;
      return parts.size() == 1 ? parts.get(0) : parts.toString();
    }
    if (type == CompoundName.class) {
      return name.toString();
    }
    return type == LdapName.class && isPlain((LdapName) name) ? name.toString() : null;
  }

  /** True if its parts are of the JDK's own class too, because toString calls them. */
  private static boolean isPlain(LdapName name) {
    for (int i = 0; i < name.size(); i++) {
      if (name.getRdn(i).getClass() != Rdn.class) {
        return false;
      }
    }
    return true;
  }

  /**
   * The exception's class, with its message if it is one of the JDK's own for names or of {@code
   * java.lang}. Some of the JDK's other exceptions ask their cause for a text, and the cause may be
   * of a class of the application.
   */
  static String failure(Throwable thrown) {
    String type = thrown.getClass().getName();
    boolean plain =
        ClassFacts.isOfBootLoader(thrown.getClass())
            && (thrown instanceof NamingException || type.startsWith("java.lang."));
    String message = plain ? thrown.getMessage() : null;
    return message == null ? type : type + ": " + message;
  }

  /** True if a look-up that reports the name is already running. */
  static boolean isInsideLookup() {
    return WALKER.walk(INSIDE);
  }

  private static @Nullable String text(@Nullable Attribute attribute) {
    // The JDK's LDAP creates attributes of a class of its own.
    if (attribute == null || !ClassFacts.isOfBootLoader(attribute.getClass())) {
      return null;
    }
    try {
      return attribute.size() != 0 && attribute.get() instanceof String text ? text : null;
    } catch (NamingException unreadable) {
      return null;
    }
  }

  private static final class Inside implements Function<Stream<StackWalker.StackFrame>, Boolean> {
    @Override
    public Boolean apply(Stream<StackWalker.StackFrame> frames) {
      Iterator<StackWalker.StackFrame> iterator = frames.iterator();
      for (int i = 0; i < MAX_FRAMES && iterator.hasNext(); i++) {
        StackWalker.StackFrame frame = iterator.next();
        Class<?> type = frame.getDeclaringClass();
        String method = frame.getMethodName();
        if (ClassFacts.isOfBootLoader(type)
            && (type.getName().startsWith("javax.naming.InitialContext")
                    && !method.equals("<init>")
                    && !method.equals("init")
                || type.getName().startsWith("javax.naming.directory.InitialDirContext")
                    && !method.equals("<init>")
                || type.getName().startsWith("com.sun.jndi.toolkit.url.Generic"))) {
          return true;
        }
      }
      return false;
    }
  }
}
