package whorl.agent.event.jfr;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.MetadataDefinition;
import jdk.jfr.Name;
import jdk.jfr.Relational;

/**
 * Marks the field that relates events of one HTTP request. The annotation is part of the JFR
 * metadata, so that readers need not know the field's name. Public because JFR requires it.
 */
@MetadataDefinition
@Relational
@Name("whorl.SameRequest")
@Label("Same Request")
@Description("Events with the same value happened for the same HTTP request")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface SameRequest {}
