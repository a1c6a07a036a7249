package io.sluice.kafka.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.port.Refusal;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ProduceOutcomesTest {

    @Test
    void everyExceptionOfKafkasHasAnOutcomeAndALabel() throws Exception {
        List<ApiException> exceptions = apiExceptions();

        assertThat(exceptions).hasSizeGreaterThan(100);
        for (ApiException exception : exceptions) {
            assertThat(ProduceOutcomes.refused(exception).refusal()).isNotNull();
            assertThat(ProduceOutcomes.refused(exception).detail())
                    .startsWith(exception.getClass().getSimpleName());
            assertThat(ProduceOutcomes.error(exception)).isNotNull();
        }
    }

    @Test
    void whatTheDeviceCanChangeHasAReasonOfItsOwn() {
        assertThat(ProduceOutcomes.refused(new RecordTooLargeException("x")).refusal())
                .isEqualTo(Refusal.TOO_LARGE);
        assertThat(ProduceOutcomes.refused(new TopicAuthorizationException("x")).refusal())
                .isEqualTo(Refusal.NOT_AUTHORIZED);
        assertThat(ProduceOutcomes.refused(new InvalidTopicException("x")).refusal())
                .isEqualTo(Refusal.TOPIC_NAME);
    }

    @Test
    void anUnknownExceptionIsKafkas() {
        assertThat(ProduceOutcomes.refused(new ArithmeticException("x")).refusal())
                .isEqualTo(Refusal.KAFKA);
        assertThat(ProduceOutcomes.error(new ArithmeticException("x"))).isEqualTo(ProduceError.OTHER);
    }

    private static List<ApiException> apiExceptions() throws Exception {
        List<ApiException> exceptions = new ArrayList<>();
        for (String name : classNames()) {
            Class<?> type = Class.forName(name);
            if (ApiException.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                ApiException exception = instance(type);
                if (exception != null) {
                    exceptions.add(exception);
                }
            }
        }
        return exceptions;
    }

    private static List<String> classNames() throws IOException {
        List<String> names = new ArrayList<>();
        File file = new File(ApiException.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        try (JarFile jar = new JarFile(file)) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                String name = entries.nextElement().getName();
                if (name.matches(
                        "org/apache/kafka/(common/errors|common|clients/producer)/[A-Za-z]+Exception\\.class")) {
                    names.add(name.replace('/', '.').replace(".class", ""));
                }
            }
        }
        return names;
    }

    /** By whichever constructor takes text or nothing: Kafka's exceptions have no common one. */
    private static @Nullable ApiException instance(Class<?> type) throws Exception {
        for (Constructor<?> constructor : type.getConstructors()) {
            Class<?>[] parameters = constructor.getParameterTypes();
            if (parameters.length == 0) {
                return (ApiException) constructor.newInstance();
            }
            if (parameters.length == 1 && parameters[0] == String.class) {
                return (ApiException) constructor.newInstance("x");
            }
        }
        return null;
    }
}
