package io.sluice.benchmarks.load;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What of a run is in Kafka.
 *
 * @param records records of the run, duplicates included
 * @param missing sent and not there
 * @param missingAcknowledged acknowledged and not there
 * @param duplicates records beyond the first of a message
 * @param outOfOrder records behind a later one of the same publisher
 * @param split publishers whose messages are in more than one partition, so that they have no order
 */
record KafkaVerdict(
        long records, long missing, long missingAcknowledged, long duplicates, long outOfOrder, long split) {

    /** Whether Kafka holds what the acknowledgements promised: at QoS 1 a message may be there twice. */
    boolean isGood(int qos) {
        boolean once = duplicates == 0 || qos == 1;
        return missingAcknowledged == 0 && outOfOrder == 0 && split == 0 && once;
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("records", records);
        json.put("missing", missing);
        json.put("missingAcknowledged", missingAcknowledged);
        json.put("duplicates", duplicates);
        json.put("outOfOrder", outOfOrder);
        json.put("split", split);
        return json;
    }
}
