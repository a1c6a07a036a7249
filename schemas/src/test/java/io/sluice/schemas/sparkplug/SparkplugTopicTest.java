package io.sluice.schemas.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.sparkplug.SparkplugTopic.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What topics are Sparkplug's. */
final class SparkplugTopicTest {

    @Test
    void whatATopicSaysIsRead() throws MisfitException {
        assertThat(SparkplugTopic.parse("spBv1.0/plant/NBIRTH/edge-1"))
                .isEqualTo(new SparkplugTopic(SparkplugTopic.Type.NBIRTH, new Source("plant", "edge-1", null), null));
        assertThat(SparkplugTopic.parse("spBv1.0/plant/DDATA/edge-1/press"))
                .isEqualTo(new SparkplugTopic(SparkplugTopic.Type.DDATA, new Source("plant", "edge-1", "press"), null));
        assertThat(SparkplugTopic.parse("spBv1.0/STATE/scada"))
                .isEqualTo(new SparkplugTopic(SparkplugTopic.Type.STATE, null, "scada"));
        assertThat(SparkplugTopic.parse("spBv1.0/STATE/NDATA/edge-1").source())
                .isEqualTo(new Source("STATE", "edge-1", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spAv1.0/plant/NBIRTH/edge-1",
                "spBv1.0/plant/NBIRTH",
                "spBv1.0/plant/NBIRTH/edge-1/press",
                "spBv1.0/plant/DBIRTH/edge-1",
                "spBv1.0/plant/DBIRTH/edge-1/press/more",
                "spBv1.0/plant/DBIRTH/edge-1/",
                "spBv1.0//NBIRTH/edge-1",
                "spBv1.0/plant/nbirth/edge-1",
                "spBv1.0/plant/STATE/edge-1",
                "spBv1.0/STATE",
                "spBv1.0/STATE/",
                "spBv1.0",
                "STATE/scada",
                "/"
            })
    void whatIsNoneIsMisfit(String topicName) {
        MisfitException misfit = catchThrowableOfType(MisfitException.class, () -> SparkplugTopic.parse(topicName));

        assertThat(misfit.isMalformed()).isTrue();
        assertThat(misfit.path()).isEqualTo("topic");
        assertThat(misfit).hasMessageContaining("spBv1.0/GROUP/TYPE/NODE").hasMessageContaining(topicName);
    }
}
