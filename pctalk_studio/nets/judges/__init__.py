"""Networks of other people that judge finished clips; their official weights are loaded unchanged when they are there.

========================  ==================================================================  ==========================
module                    network                                                             judges
========================  ==================================================================  ==========================
``syncnet``               SyncNet v2 (Chung and Zisserman, ACCV workshops 2016)               lips against sound
``inception``             Inception-v3 as of 2015-12-05 (Heusel et al., NIPS 2017)            pictures, by distribution
``i3d``                   Inflated Inception, Kinetics-400 (Carreira and Zisserman, 2017)     motion, by distribution
``emotion_fan``           Frame attention networks (Meng et al., ICIP 2019)                   the emotion that is seen
``face_reconstruction``   Deep3DFaceRecon (Deng et al., CVPR workshops 2019)                  expression coefficients
========================  ==================================================================  ==========================

``judge_of(network, path)`` reads a file into a network, strictly: every key, every shape, finite numbers.
"""

from pctalk_studio.nets.judges.loading import judge_of

__all__ = ["judge_of"]
