package io.sluice.app.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A configuration key: on every component of a configuration record. Its name is the component's, with dashes. The
 * reference, the environment names and the checks of form all come from here.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
@interface Key {

    /** A key that must be given where its section is. */
    String REQUIRED = "\0required";

    /** A key that may be absent: its component is null. */
    String ABSENT = "\0absent";

    /** What the key is for, in sentences. */
    String value();

    /** The default as it would be written, {@link #REQUIRED} or {@link #ABSENT}; not used for sections. */
    String byDefault() default ABSENT;

    /** The lowest value, as it would be written; "" for none. */
    String min() default "";

    /** The highest value, as it would be written; "" for none. */
    String max() default "";

    /** What a number counts. */
    String unit() default "";
}
