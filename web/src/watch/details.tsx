// Facts of the video and its renditions, for those who look.
import { ChevronRight } from "lucide-react";
import type { Video } from "../api/client";
import styles from "./details.module.css";
import { sourceRows } from "./source_words";
import { detailsOf, renditionRow } from "./words";

export function Details({ video, isOwner }: { video: Video; isOwner: boolean }) {
  return (
    <details className={styles.details}>
      <summary>
        <ChevronRight size={18} aria-hidden />
        Details
      </summary>
      <dl className={styles.facts}>
        {[...detailsOf(video, isOwner), ...(video.source ? sourceRows(video.source) : [])].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {video.renditions.length > 0 && <Renditions video={video} />}
    </details>
  );
}

function Renditions({ video }: { video: Video }) {
  return (
    <div className={styles.scroller}>
      <table>
        <caption className="unseen">Renditions</caption>
        <thead>
          <tr>
            <th scope="col">Rendition</th>
            <th scope="col">Picture</th>
            <th scope="col">Bit rate</th>
            <th scope="col">Codecs</th>
          </tr>
        </thead>
        <tbody>
          {video.renditions.map((rendition) => {
            const [name, ...values] = renditionRow(rendition);
            return (
              <tr key={rendition.name}>
                <th scope="row">{name}</th>
                {values.map((value) => (
                  <td key={value}>{value}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
